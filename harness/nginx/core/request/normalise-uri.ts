import type { RequestTarget } from './read-target.ts'

/** What nginx makes of a request target: the decoded path that locations are chosen by, and the query. */
export interface NormalisedUri {
  /** `$uri`: decoded, dot segments gone, slashes merged. */
  readonly uri: string
  /** `$args`. */
  readonly args: string
  readonly quoted: boolean
  readonly plus: boolean
}

/** The part of a path that is being read, and what has been made of it. */
interface Progress {
  out: string
  state: 'usual' | 'slash' | 'dot' | 'dot-dot'
  quoted: boolean
  plus: boolean
}

/**
 * Normalises a target. Null where nginx answers 400: a wrong escape, `%00`, or `..` above the root.
 * Rule: ngx_http_process_request_uri and ngx_http_parse_complex_uri of nginx 1.22.
 */
export function normaliseUri(target: RequestTarget, mergeSlashes: boolean): NormalisedUri | null {
  if (target.complex || target.quoted || target.emptyPath) return rebuild(target, mergeSlashes)
  const mark = target.unparsed.indexOf('?')
  if (mark === -1) return { uri: target.unparsed, args: '', quoted: false, plus: target.plus }
  return {
    uri: target.unparsed.slice(0, mark),
    args: target.unparsed.slice(mark + 1),
    quoted: false,
    plus: target.plus,
  }
}

function rebuild(target: RequestTarget, mergeSlashes: boolean): NormalisedUri | null {
  const text = target.unparsed
  const progress: Progress = {
    out: target.emptyPath ? '/' : '',
    state: 'usual',
    quoted: target.quoted,
    plus: target.plus,
  }
  let at = 0
  let args = ''
  for (; at < text.length; at++) {
    let char = text.charAt(at)
    if (char === '#') break
    if (char === '?') {
      const end = text.indexOf('#', at)
      args = text.slice(at + 1, end === -1 ? text.length : end)
      break
    }
    if (char === '%') {
      const decoded = decodeEscape(text, at)
      if (decoded === null) return null
      progress.quoted = true
      at += 2
      if (decoded === '%' || decoded === '#' || decoded === '?') {
        progress.state = 'usual'
        progress.out += decoded
        continue
      }
      char = decoded
    }
    if (!take(progress, char, mergeSlashes)) return null
  }
  if (!endSegment(progress)) return null
  return { uri: progress.out, args, quoted: progress.quoted, plus: progress.plus }
}

/** The character that the escape at `at` stands for; null where nginx takes it for an error. */
function decodeEscape(text: string, at: number): string | null {
  const digits = text.slice(at + 1, at + 3)
  if (!/^[0-9a-fA-F]{2}$/.test(digits) || digits === '00') return null
  return String.fromCharCode(Number.parseInt(digits, 16))
}

/** Adds one decoded character. False where it climbs above the root. */
function take(progress: Progress, char: string, mergeSlashes: boolean): boolean {
  if (char === '+') progress.plus = true
  if (char === '/') {
    if (progress.state === 'dot' || progress.state === 'dot-dot') {
      if (!endSegment(progress)) return false
    } else if (progress.state === 'usual' || !mergeSlashes) {
      progress.out += char
    }
    progress.state = 'slash'
    return true
  }
  progress.out += char
  if (char === '.' && progress.state === 'slash') progress.state = 'dot'
  else if (char === '.' && progress.state === 'dot') progress.state = 'dot-dot'
  else progress.state = 'usual'
  return true
}

/** Takes a dot segment back off the path. False where `..` climbs above the root. */
function endSegment(progress: Progress): boolean {
  const { out, state } = progress
  if (state === 'dot') progress.out = out.slice(0, -1)
  if (state !== 'dot-dot') return true
  if (out.length < 4) return false
  const slash = out.lastIndexOf('/', out.length - 4)
  if (slash === -1) return false
  progress.out = out.slice(0, slash + 1)
  return true
}
