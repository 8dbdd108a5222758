/**
 * Whether a path matches a pattern as glob(3) matches it: `*` and `?` stop at a slash and do not stand for a leading
 * dot, `[a-z]` and `[!a-z]` are sets. Takes time in proportion to the lengths multiplied, whatever the pattern is.
 */
export function matchesGlob(pattern: string, path: string): boolean {
  const patterns = pattern.split('/')
  const names = path.split('/')
  return patterns.length === names.length && patterns.every((part, at) => matchesName(part, names[at] ?? ''))
}

/** Orders strings by their bytes, as glob(3) does in the C locale that nginx runs in. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

function matchesName(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false
  const tokens = pattern.match(/\[[!^]?\]?[^\]]*\]|./gsu) ?? []
  const letters = [...name]
  let token = 0
  let letter = 0
  let star: { token: number; letter: number } | null = null
  while (letter < letters.length) {
    const wanted = tokens[token]
    if (wanted === '*') {
      star = { token: ++token, letter }
    } else if (wanted !== undefined && matchesLetter(wanted, letters[letter] ?? '')) {
      token++
      letter++
    } else if (star !== null) {
      token = star.token
      letter = ++star.letter
    } else {
      return false
    }
  }
  return tokens.slice(token).every((rest) => rest === '*')
}

function matchesLetter(token: string, letter: string): boolean {
  if (token === '?') return true
  if (token.length < 3 || !token.startsWith('[')) return token === letter
  const negated = token[1] === '!' || token[1] === '^'
  const members = [...token.slice(negated ? 2 : 1, -1)]
  return negated !== inSet(members, letter)
}

function inSet(members: readonly string[], letter: string): boolean {
  return members.some((member, at) => {
    const last = members[at + 1] === '-' ? members[at + 2] : undefined
    return last === undefined ? member === letter : member <= letter && letter <= last
  })
}
