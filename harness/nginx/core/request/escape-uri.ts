import type { VersionRules } from '../../versions.ts'

/** The characters that ngx_escape_uri writes as %XX, by what the text is for. Control characters, DEL and bytes over 127 always are. */
const IN_URI = /[\0- \x7f-\xff"#%<>?\\^`{|}]/g
const IN_URI_BEFORE = /[\0- \x7f-\xff#%?]/g
const IN_ARGS = /[\0- \x7f-\xff"#%&+;<>?\\^`{|}]/g

const IN_ARGS_BEFORE = /[\0- \x7f-\xff#%&+;?]/g

const percent = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`

/** Escapes a decoded path as nginx does before it goes upstream (ngx_escape_uri, NGX_ESCAPE_URI). Takes and gives bytes as Latin-1. */
export function escapeUri(text: string, rules: VersionRules): string {
  return text.replace(rules.moreEscapedInUri ? IN_URI : IN_URI_BEFORE, percent)
}

/** Escapes a capture for a query string or a redirect (ngx_escape_uri, NGX_ESCAPE_ARGS). */
export function escapeArgs(text: string, rules: VersionRules): string {
  return text.replace(rules.moreEscapedInUri ? IN_ARGS : IN_ARGS_BEFORE, percent)
}

/**
 * Takes needless escapes out of a redirect (ngx_unescape_uri, NGX_UNESCAPE_REDIRECT): `%41` becomes `A`, but what is not
 * above `%` and below DEL stays as it is. A `%` that is no escape disappears. Nothing is touched after the first `?`.
 */
export function unescapeRedirect(text: string): string {
  let out = ''
  let at = 0
  for (;;) {
    const next = text.slice(at).search(/[%?]/)
    if (next === -1) return out + text.slice(at)
    out += text.slice(at, at + next)
    at += next
    if (text[at] === '?') return out + text.slice(at)
    const [whole = '', high, low, other] = /^%(?:([0-9a-fA-F])([\s\S])?|([\s\S]))?/.exec(text.slice(at)) ?? []
    at += whole.length
    const char = high === undefined ? (other ?? '') : decoded(whole, low)
    out += char
    if (char === '?' && other === undefined) return out + text.slice(at)
  }
}

/** What an escape whose first digit is right comes to: nothing where the second is wrong. */
function decoded(text: string, low: string | undefined): string {
  if (low === undefined || !/[0-9a-fA-F]/.test(low)) return ''
  const code = Number.parseInt(text.slice(1), 16)
  return code > 0x25 && code < 0x7f ? String.fromCharCode(code) : text
}
