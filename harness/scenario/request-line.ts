import { TOKEN } from '../chain/header-syntax.ts'

/** Why a text is no request line, and what to do about it. */
export interface RequestLineProblem {
  readonly message: string
  readonly hint: string
}

export interface RequestLine {
  readonly method: string
  /** A path with its query, or a URL. */
  readonly url: string
}

const EXAMPLE = 'Write it as METHOD, one space, target: GET /api/v1/processes'

/**
 * Reads `METHOD SP path`, or a URL in place of the path. Both are kept byte for byte. A `${capture}` may be any part of them.
 */
export function parseRequestLine(line: string): RequestLine | RequestLineProblem {
  const space = line.indexOf(' ')
  if (space === -1) return { message: `"${line}" is not a request`, hint: EXAMPLE }
  const method = line.slice(0, space)
  if (!TOKEN.test(method)) return { message: `"${method}" is not a request method`, hint: EXAMPLE }
  const url = line.slice(space + 1)
  return checkTarget(url, method) ?? { method, url }
}

/** What keeps a text from being sent as a request target (RFC 9112 section 3.2); null where nothing does. */
export function checkTarget(target: string, method: string): RequestLineProblem | null {
  const filled = target.replace(/^\$\{(env:)?[\w-]+\}/, '/').replace(/\$\{(env:)?[\w-]+\}/g, 'x')
  if (/[^\x21-\x7e]/.test(filled)) return describeCharacter(target, filled)
  const hasForm = filled.startsWith('/') || (filled === '*' && method === 'OPTIONS') || /^https?:\/\/[^/]/.test(filled)
  if (hasForm) return null
  return {
    message: `the request target "${target}" does not start with "/"`,
    hint: 'A target is what follows the host: /api/v1/processes',
  }
}

function describeCharacter(target: string, filled: string): RequestLineProblem {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  if (/[\0-\x1f\x7f]/.test(filled)) {
    const message = 'the request target has a line break or another control character in it'
    return { message, hint: 'A request target is one line. Percent-encode the character if it is meant: %0A.' }
  }
  if (filled.includes(' ')) {
    return { message: `the request target "${target}" has a space in it`, hint: 'Write a space as %20.' }
  }
  const [character = ''] = filled.match(/[^\x21-\x7e]/u) ?? []
  const encoded = Array.from(
    Buffer.from(character),
    (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('')
  const message = `the request target has "${character}" in it, which is not ASCII`
  return { message, hint: `Percent-encode it, as browsers do: ${encoded}` }
}
