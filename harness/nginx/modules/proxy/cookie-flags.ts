import type { Rule } from '../../../trace/trace.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import type { CookieFlags } from '../../core/upstreams/proxy-settings.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import { lowerCase } from '../../syntax/wire.ts'

/** A piece of a Set-Cookie: `value` is null where it has no `=`. */
export interface Attribute {
  key: string
  value: string | null
}

/** What flags do with an attribute: `null` takes it away, a text is its value, '' none. */
type Wanted = Map<'secure' | 'httponly' | 'samesite', readonly (string | null)[]>

/** What each flag wants, and how nginx writes it. */
const FLAGS: Readonly<Record<string, readonly ['secure' | 'httponly' | 'samesite', string | null]>> = {
  secure: ['secure', ''],
  nosecure: ['secure', null],
  httponly: ['httponly', ''],
  nohttponly: ['httponly', null],
  'samesite=strict': ['samesite', 'Strict'],
  'samesite=lax': ['samesite', 'Lax'],
  'samesite=none': ['samesite', 'None'],
  nosamesite: ['samesite', null],
}

/** Of several that concern one attribute, the first in this order comes first. */
const IN_ORDER = ['', 'Strict', 'Lax', 'None', null]

const NAMES = { secure: 'Secure', httponly: 'HttpOnly', samesite: 'SameSite' } as const

/**
 * Adds the flags of the first `proxy_cookie_flags` line that fits a cookie's name, and takes others away
 * (ngx_http_proxy_rewrite_cookie_flags).
 * @param attributes the cookie itself first; they are changed
 * @returns the line that did so; null where none fits, or where it names no flag
 */
export function editCookieFlags(
  state: RequestState,
  attributes: Attribute[],
  lines: readonly CookieFlags[],
): Rule | null {
  const name = attributes[0]?.key ?? ''
  const line = lines.find(({ cookie }) =>
    cookie.kind === 'regex'
      ? state.matches(cookie.regex, name)
      : lowerCase(name) === lowerCase(evaluate(cookie.text, state)),
  )
  if (line === undefined) return null
  const wanted = wantedOf(line.flags.map((flag) => lowerCase(evaluate(flag, state))))
  if (wanted.size === 0) return null
  edit(attributes, wanted)
  return line.rule
}

function wantedOf(flags: readonly string[]): Wanted {
  const wanted: Wanted = new Map()
  for (const flag of flags) {
    const [name, value] = Object.hasOwn(FLAGS, flag) ? (FLAGS[flag] ?? []) : []
    if (name === undefined || value === undefined) continue
    const all = [...new Set([...(wanted.get(name) ?? []), value])]
    wanted.set(
      name,
      all.toSorted((a, b) => IN_ORDER.indexOf(a) - IN_ORDER.indexOf(b)),
    )
  }
  return wanted
}

/** ngx_http_proxy_edit_cookie_flags: an attribute that is there uses up one of the values that are wanted of it; what is left is added. */
function edit(attributes: Attribute[], wanted: Wanted): void {
  const [cookie, ...others] = attributes
  if (cookie === undefined) return
  const kept = others.filter((attribute) => {
    const name = lowerCase(attribute.key)
    if (name !== 'secure' && name !== 'httponly' && name !== 'samesite') return true
    const [value, ...rest] = wanted.get(name) ?? []
    if (value === undefined) return true
    if (value === null) return false
    wanted.set(name, rest)
    if (value !== '' && lowerCase(attribute.value ?? '') !== lowerCase(value)) {
      attribute.key = NAMES.samesite
      attribute.value = value
    }
    return true
  })
  for (const name of ['secure', 'httponly', 'samesite'] as const) {
    const [value] = wanted.get(name) ?? []
    if (value !== undefined && value !== null) kept.push({ key: NAMES[name], value: value === '' ? null : value })
  }
  attributes.splice(0, attributes.length, cookie, ...kept)
}
