import type { VersionRules } from '../../versions.ts'

/** A request line as ngx_http_parse_request_line reads it: what the target says, and what nginx remembers of how it was written. */
export interface RequestTarget {
  /** The target from its path on: what `$request_uri` gives. */
  readonly unparsed: string
  /** The host of an absolute-form target, as written. */
  readonly host: string | null
  /** The port behind it; 0 where there is none. */
  readonly port: number
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
 * in the middle, a target that is neither a path nor an absolute form. Rule: ngx_http_parse_request_line.
 */
export function readTarget(method: string, target: string, rules: VersionRules): RequestTarget | null {
  if (!/^[A-Z_-]+$/.test(method)) return null
  const trimmed = target.replace(/^ +| +$/g, '')
  if (trimmed === '' || /[\0- \x7f]/.test(trimmed)) return null
  if (method === 'CONNECT' && rules.connectTakesAuthority) return fromAuthority(trimmed)
  if (trimmed.startsWith('/')) return fromPath(trimmed, null)
  return fromAbsolute(trimmed, rules)
}

/** With a variable for the port came a check of it. */
const LAST_PORT = 65_535

/** The target of CONNECT: nginx takes it for the path `/`. */
function fromAuthority(target: string): RequestTarget | null {
  const [, host, digits] = /^(\[[a-zA-Z0-9:\-._~!$&'()*+,;=]*\]|[a-zA-Z0-9.-]*):([0-9]+)$/.exec(target) ?? []
  return host === undefined ? null : { ...fromPath('/', host), port: Number(digits) }
}

function fromAbsolute(target: string, rules: VersionRules): RequestTarget | null {
  const form =
    /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/((?:\[[a-zA-Z0-9:\-._~!$&'()*+,;=]*\]|[a-zA-Z0-9.-]*))(?::([0-9]*))?([/?][\s\S]*)?$/.exec(
      target,
    )
  if (form === null) return null
  const [, host = '', digits = '', rest] = form
  const port = Number(digits)
  if (rules.requestPort && port > LAST_PORT) return null
  if (rest === undefined) return { ...fromPath('/', host), port }
  if (rest.startsWith('/')) return { ...fromPath(rest, host), port }
  return rules.absoluteTargetWithoutPath ? { ...fromPath(rest, host), port, emptyPath: true } : null
}

function fromPath(target: string, host: string | null): RequestTarget {
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  const special = /%|#|\/[./]/.exec(path)
  return {
    unparsed: target,
    host,
    port: 0,
    complex: (special !== null && special[0] !== '%') || target.includes('#'),
    quoted: special?.[0] === '%',
    plus: path.slice(0, special?.index ?? path.length).includes('+'),
    emptyPath: false,
  }
}
