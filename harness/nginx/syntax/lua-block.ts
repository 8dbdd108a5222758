/** Directives whose block holds Lua, and no directives: `content_by_lua_block { … }` of lua-nginx-module. */
export function holdsLua(name: string): boolean {
  return name.endsWith('_by_lua_block')
}

/** A string, a comment or a brace of Lua, whichever comes first; long brackets are told by their level (Lua manual, 3.1). */
const TOKEN = /--\[(=*)\[|\[(=*)\[|--|["'{}]/g

/**
 * Where a block of Lua ends.
 * @param from the place behind its `{`
 * @returns the place behind its `}`; null where it is never closed
 */
export function endOfLuaBlock(text: string, from: number): number | null {
  let depth = 1
  for (let at = from; ; ) {
    TOKEN.lastIndex = at
    const token = TOKEN.exec(text)
    if (token === null) return null
    const [found, commentLevel, level] = token
    const behind = token.index + found.length
    if (found === '{') depth++
    if (found === '}') depth--
    if (depth === 0) return behind
    const end = found === '{' || found === '}' ? behind : endOfText(text, found, commentLevel ?? level, behind)
    if (end === null) return null
    at = end
  }
}

/** The place behind a string or a comment; null where it is never closed. */
function endOfText(text: string, opening: string, level: string | undefined, from: number): number | null {
  const closing = level === undefined ? (opening === '--' ? '\n' : opening) : `]${level}]`
  if (closing !== opening) return behindNext(text, closing, from)
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === closing) return at + 1
  }
  return null
}

function behindNext(text: string, closing: string, from: number): number | null {
  const at = text.indexOf(closing, from)
  return at === -1 ? null : at + closing.length
}
