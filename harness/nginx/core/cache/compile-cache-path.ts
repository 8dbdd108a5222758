import type { Directive } from '../../syntax/syntax.ts'
import { parseSizeBytes, parseTimeMs } from '../../syntax/values.ts'
import { wireText } from '../../syntax/wire.ts'
import { type CompileScope, ruleOf } from '../scope.ts'
import { type CacheZone, nodesAt } from './cache-zone.ts'

/** Two pages of memory, which the keys of a cache take at least. */
const SMALLEST_ZONE_BYTES = 8192

const NUMBERS = ['loader_files=', 'manager_files=']
const TIMES = ['loader_sleep=', 'loader_threshold=', 'manager_sleep=', 'manager_threshold=']

/** The caches that `proxy_cache_path` lines define, by name (ngx_http_file_cache_set_slot). */
export function compileCachePaths(
  directives: readonly Directive[],
  scope: CompileScope,
): ReadonlyMap<string, CacheZone> {
  const zones = new Map<string, CacheZone>()
  for (const directive of directives) {
    const zone = compileZone(directive, scope)
    if (zone === null) continue
    if (zones.has(zone.name)) scope.error(directive.span, `duplicate zone "${zone.name}"`)
    zones.set(zone.name, zone)
  }
  return zones
}

function compileZone(directive: Directive, scope: CompileScope): CacheZone | null {
  const [path, ...words] = directive.args
  let [name, inactiveS, maxSizeBytes]: [string, number, number | null] = ['', 600, null]
  for (const { text: written, span } of words) {
    const text = wireText(written)
    const value = text.slice(text.indexOf('=') + 1)
    const wrong = (message: string): null => {
      scope.error(span, message)
      return null
    }
    if (text.startsWith('levels=')) {
      if (!/^[12](?::[12]){0,2}$/.test(value)) return wrong(`invalid "levels" "${text}"`)
    } else if (text.startsWith('use_temp_path=')) {
      if (value !== 'on' && value !== 'off') {
        return wrong(`invalid use_temp_path value "${text}", it must be "on" or "off"`)
      }
    } else if (text.startsWith('keys_zone=')) {
      const colon = value.indexOf(':')
      const sizeBytes = colon === -1 ? null : parseSizeBytes(value.slice(colon + 1), false)
      if (sizeBytes === null) return wrong(`invalid keys zone size "${text}"`)
      if (sizeBytes < SMALLEST_ZONE_BYTES) return wrong(`keys zone "${text}" is too small`)
      name = value.slice(0, colon)
    } else if (text.startsWith('inactive=')) {
      const ms = parseTimeMs(value, true)
      if (ms === null) return wrong(`invalid inactive value "${text}"`)
      inactiveS = ms / 1000
    } else if (text.startsWith('max_size=') || text.startsWith('min_free=')) {
      const bytes = parseSizeBytes(value, true)
      const parameter = text.slice(0, text.indexOf('='))
      if (bytes === null) return wrong(`invalid ${parameter} value "${text}"`)
      if (parameter === 'max_size') maxSizeBytes = bytes
    } else if (NUMBERS.some((one) => text.startsWith(one))) {
      if (!/^\d{1,18}$/.test(value)) return wrong(`invalid ${text.slice(0, text.indexOf('='))} value "${text}"`)
    } else if (TIMES.some((one) => text.startsWith(one))) {
      if (parseTimeMs(value, false) === null)
        return wrong(`invalid ${text.slice(0, text.indexOf('='))} value "${text}"`)
    } else return wrong(`invalid parameter "${text}"`)
  }
  if (path === undefined) return null
  if (name === '') {
    scope.error(directive.span, `"${directive.name.text}" must have "keys_zone" parameter`)
    return null
  }
  const folder = wireText(path.text).replace(/\/$/, '')
  return { name, rule: ruleOf(directive), inactiveS, maxSizeBytes, nodes: nodesAt(scope.kept, folder) }
}
