/** A request line as ngx_http_parse_request_line reads it: what the target says, and what nginx remembers of how it was written. */
export interface RequestTarget {
  /** The target from its path on: what `$request_uri` gives. */
  readonly unparsed: string
  /** The host of an absolute-form target, as written. */
  readonly host: string | null
  /** `//`, `/.` or `#` stands in it: the path is rebuilt piece by piece. */
  readonly complex: boolean
  /** A `%` stands in it. */
  readonly quoted: boolean
  /** A `+` stands in it. */
  readonly plus: boolean
  /** An absolute form with a query and no path: `http://host?x`. */
  readonly emptyPath: boolean
}

/**
 * Reads a method and a target (bytes as Latin-1). Null where nginx answers 400: a wrong method, a control character, a space
 * in the middle, a target that is neither a path nor an absolute form. Rule: ngx_http_parse_request_line of nginx 1.22.
 */
export function readTarget(method: string, target: string): RequestTarget | null {
  if (!/^[A-Z_-]+$/.test(method)) return null
  const trimmed = target.replace(/^ +| +$/g, '')
  if (trimmed === '' || /[\0- \x7f]/.test(trimmed)) return null
  if (trimmed.startsWith('/')) return fromPath(trimmed, null)
  return fromAbsolute(trimmed)
}

function fromAbsolute(target: string): RequestTarget | null {
  const form =
    /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/((?:\[[a-zA-Z0-9:\-._~!$&'()*+,;=]*\]|[a-zA-Z0-9.-]*))(?::[0-9]*)?([/?][\s\S]*)?$/.exec(
      target,
    )
  if (form === null) return null
  const [, host = '', rest] = form
  if (rest === undefined) return fromPath('/', host)
  if (rest.startsWith('/')) return fromPath(rest, host)
  return { ...fromPath(rest, host), emptyPath: true }
}

function fromPath(target: string, host: string | null): RequestTarget {
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  const special = /%|#|\/[./]/.exec(path)
  return {
    unparsed: target,
    host,
    complex: (special !== null && special[0] !== '%') || target.includes('#'),
    quoted: special?.[0] === '%',
    plus: path.slice(0, special?.index ?? path.length).includes('+'),
    emptyPath: false,
  }
}
