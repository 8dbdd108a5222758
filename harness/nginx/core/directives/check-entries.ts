import { parseCidr, parseRange } from '../../syntax/addresses.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { lowerCase } from '../../syntax/wire.ts'
import type { VersionRules } from '../../versions.ts'
import { Hostnames } from '../servers/hostnames.ts'
import type { ValueProblem } from './check-values.ts'

/** Checks one line of a block that remembers what stood before it; null where the line is right. */
type EntryCheck = (entry: Directive) => string | null

/** The blocks whose lines are no directives, and how nginx's own handler of each reads a line. */
const HANDLERS: Readonly<Record<string, (rules: VersionRules) => EntryCheck>> = {
  types: () => () => null,
  map: mapEntry,
  geo: geoEntry,
  split_clients: splitEntry,
  charset_map: () => charsetEntry,
}

/** Checks the lines of a `map`, `geo`, `types`, `split_clients` or `charset_map` block as its handler in nginx does. */
export function checkEntries(name: string, entries: readonly Directive[], rules: VersionRules): ValueProblem[] {
  const check = HANDLERS[name]?.(rules) ?? (() => null)
  return entries.flatMap((entry) => {
    const message = entry.block === null ? check(entry) : 'unexpected "{"'
    return message === null ? [] : [{ word: entry.name, message }]
  })
}

/** ngx_http_map: `hostnames`, `volatile`, or a source value and what it becomes; no source value twice. */
function mapEntry(): EntryCheck {
  const keys = new Hostnames<true>()
  let hasDefault = false
  let hostnames = false
  return ({ name, args }) => {
    if (args.length === 0 && name.text === 'hostnames') {
      hostnames = true
      return null
    }
    if (args.length === 0 && name.text === 'volatile') return null
    if (args.length !== 1) return 'invalid number of the map parameters'
    if (name.text === 'default') {
      if (hasDefault) return 'duplicate default map parameter'
      hasDefault = true
      return null
    }
    if (name.text.startsWith('~')) return null
    const key = name.text.replace(/^\\/, '')
    const added = hostnames ? keys.add(key, true) : keys.addText(key, true)
    if (added === 'conflict') return `conflicting parameter "${lowerCase(key)}"`
    return added === 'invalid' ? `invalid hostname or wildcard "${key}"` : null
  }
}

/** ngx_http_geo: networks as CIDR, or `ranges` first and then ranges of addresses. */
function geoEntry({ geoVolatile }: VersionRules): EntryCheck {
  let ranges = false
  let hasNetworks = false
  return ({ name, args }) => {
    if (args.length === 0 && name.text === 'ranges') {
      if (hasNetworks) return 'the "ranges" directive must be the first directive inside "geo" block'
      ranges = true
      return null
    }
    if (args.length === 0 && (name.text === 'proxy_recursive' || (name.text === 'volatile' && geoVolatile))) return null
    if (args.length !== 1) return 'invalid number of the geo parameters'
    hasNetworks ||= name.text !== 'proxy'
    if (name.text === 'default') return null
    const network = name.text === 'delete' || name.text === 'proxy' ? (args[0]?.text ?? '') : name.text
    if (ranges && name.text !== 'proxy') return parseRange(network) === null ? `invalid range "${network}"` : null
    return network === '255.255.255.255' || parseCidr(network) !== null ? null : `invalid network "${network}"`
  }
}

/** ngx_http_split_clients: percentages with at most two decimals, together 100 at most; `*` takes the rest. */
function splitEntry(): EntryCheck {
  let hundredths = 0
  return ({ name }) => {
    const match = /^(\d+)(?:\.(\d{1,2}))?%$/.exec(name.text)
    if (name.text === '*') {
      hundredths = Math.max(hundredths, 10_000)
      return null
    }
    const share = match === null ? 0 : Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
    if (share === 0) return `invalid percent value "${name.text}"`
    hundredths += share
    return hundredths > 10_000 ? 'percent total is greater than 100%' : null
  }
}

/** ngx_http_charset_map: two bytes in hexadecimal digits, the second one possibly several for UTF-8. */
function charsetEntry({ name, args }: Directive): string | null {
  if (args.length !== 1) return 'invalid parameters number'
  return /^[0-9a-f]{1,2}$/i.test(name.text) ? null : `invalid value "${name.text}"`
}
