import { isIP } from 'node:net'
import { parseCidr } from '../../syntax/addresses.ts'
import type { Directive, Word } from '../../syntax/syntax.ts'
import { parseNumber, parseSizeBytes, parseTimeMs } from '../../syntax/values.ts'
import type { VersionRules } from '../../versions.ts'
import type { ValueProblem } from './check-values.ts'

/** What is wrong with the arguments, in nginx's words; null where they are right. Counts are checked before. */
type ArgumentCheck = (args: readonly [Word, ...Word[]], name: string, rules: VersionRules) => string | null

/** Methods that `limit_except` knows, in any case (ngx_methods_names). */
const METHODS = 'GET HEAD POST PUT DELETE MKCOL COPY MOVE OPTIONS PROPFIND PROPPATCH LOCK UNLOCK PATCH'.split(' ')

const LOG_LEVELS = ['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug']
const DEBUG_LEVELS = [
  'debug_core',
  'debug_alloc',
  'debug_mutex',
  'debug_event',
  'debug_http',
  'debug_mail',
  'debug_stream',
]

/** A zone holds eight pages of 4 KiB at least. */
const MIN_ZONE_BYTES = 8 * 4096

const sizeOf = (text: string) => parseSizeBytes(text, false) ?? 0
const isTime = (text: string) => parseTimeMs(text, false) !== null
const isSeconds = (text: string) => parseTimeMs(text, true) !== null

/**
 * Directives whose handler in nginx checks more than the table says. Those that the model reads are checked where they are
 * compiled.
 */
const CHECKS: Readonly<Record<string, ArgumentCheck>> = {
  access_log: accessLog,
  add_header: onlyAlways,
  add_trailer: onlyAlways,
  aio: ([{ text }], name) => {
    if (text === 'on') return '"aio on" is unsupported on this platform'
    return text === 'off' || /^threads(=|$)/.test(text) ? null : invalidValue(name)
  },
  allow: network,
  client_body_temp_path: pathLevels,
  connection_pool_size: poolSize,
  deny: network,
  directio: ([{ text }], name) => (text === 'off' || parseSizeBytes(text, true) !== null ? null : invalidValue(name)),
  disable_symlinks: (args) => firstNot(args, /^(on|off|if_not_owner|from=.+)$/, parameter),
  error_log: ([, ...levels]) => logLevels(levels.map(({ text }) => text)),
  expires,
  gzip_hash: ([{ text }], name) => powerOfTwo(name, text, 128),
  gzip_window: ([{ text }], name) => powerOfTwo(name, text, 32),
  http2_chunk_size: ([{ text }]) => (sizeOf(text) === 0 ? 'the http2 chunk size cannot be zero' : null),
  http2_pool_size: poolSize,
  index: (args) => (args.some(({ text }) => text === '') ? 'index "" in "index" directive is invalid' : null),
  keepalive: ([{ text }], name, rules) =>
    parseNumber(text) || (rules.upstreamHttp11ByDefault && parseNumber(text) === 0)
      ? null
      : `invalid value "${text}" in "${name}" directive`,
  keepalive_timeout: ([timeout, header], name) =>
    isTime(timeout.text) && (header === undefined || isSeconds(header.text)) ? null : invalidValue(name),
  limit_conn: ([, { text } = { text: '' }]) => {
    const count = parseNumber(text)
    if (!count) return `invalid number of connections "${text}"`
    return count > 65_535 ? 'connection limit must be less 65536' : null
  },
  limit_conn_zone: (args, name) => limitZone(name, args.slice(1), /^zone=/),
  limit_req: limitReq,
  limit_req_zone: (args, name) => limitZone(name, args.slice(1), /^(?:zone|rate)=/),
  limit_except: (args) => {
    const wrong = args.find(({ text }) => !METHODS.includes(text.toUpperCase()))
    return wrong === undefined ? null : `invalid method "${wrong.text}"`
  },
  limit_rate: ([{ text }], name) =>
    text.includes('$') || parseSizeBytes(text, false) !== null ? null : invalidValue(name),
  limit_rate_after: ([{ text }], name) =>
    text.includes('$') || parseSizeBytes(text, false) !== null ? null : invalidValue(name),
  log_format: ([, second]) => {
    const escaping = /^escape=(.*)$/.exec(second?.text ?? '')?.[1]
    return escaping === undefined || /^(default|json|none)$/.test(escaping)
      ? null
      : `unknown log format escaping "${escaping}"`
  },
  open_file_cache: (args, name) => cache(name, args, /^(max|inactive)=/, 'must have the "max" parameter'),
  open_log_file_cache: (args, name) =>
    cache(name, args, /^(max|inactive|min_uses|valid)=/, 'must have "max" parameter'),
  dav_access: storeAccess,
  fastcgi_cache_valid: cacheValid,
  fastcgi_store_access: storeAccess,
  fastcgi_temp_path: pathLevels,
  proxy_bind: bind,
  proxy_cache_valid: cacheValid,
  proxy_store_access: storeAccess,
  scgi_cache_valid: cacheValid,
  scgi_store_access: storeAccess,
  scgi_temp_path: pathLevels,
  uwsgi_cache_valid: cacheValid,
  uwsgi_store_access: storeAccess,
  uwsgi_temp_path: pathLevels,
  proxy_temp_path: pathLevels,
  request_pool_size: poolSize,
  resolver,
  set_real_ip_from: ([{ text }]) =>
    text === 'unix:' || mayBeNetwork(text) ? null : `host not found in "set_real_ip_from"`,
  ssl_session_cache: (args) => args.map(({ text }) => sessionCache(text)).find((problem) => problem !== null) ?? null,
  fastcgi_param: onlyIfNotEmpty,
  scgi_param: onlyIfNotEmpty,
  uwsgi_param: onlyIfNotEmpty,
  use: ([{ text }]) => (text === 'epoll' ? null : `invalid event type "${text}"`),
  worker_connections: ([{ text }]) => (parseNumber(text) === null ? `invalid number "${text}"` : null),
  worker_cpu_affinity: ([first, ...masks]) =>
    first.text === 'auto' ? null : firstNot([first, ...masks], /^[01]{1,64}$/, cpuMask),
  worker_processes: ([{ text }], name) => (text === 'auto' || parseNumber(text) !== null ? null : invalidValue(name)),
  zone: ([{ text: name }, size]) => (size === undefined ? null : zoneSize(name, size.text)),
}

/** Checks the arguments of a directive beyond their count and kind; null where nginx would take them. */
export function checkArguments({ name, args }: Directive, rules: VersionRules): ValueProblem | null {
  const [first, ...rest] = args
  if (first === undefined || !Object.hasOwn(CHECKS, name.text)) return null
  const message = CHECKS[name.text]?.([first, ...rest], name.text, rules) ?? null
  return message === null ? null : { word: first, message }
}

function invalidValue(name: string): string {
  return `"${name}" directive invalid value`
}

function parameter(text: string): string {
  return `invalid parameter "${text}"`
}

function firstNot(args: readonly Word[], pattern: RegExp, message: (text: string) => string): string | null {
  const wrong = args.find(({ text }) => !pattern.test(text))
  return wrong === undefined ? null : message(wrong.text)
}

function onlyIfNotEmpty([, , third]: readonly Word[]): string | null {
  return third === undefined || third.text === 'if_not_empty' ? null : parameter(third.text)
}

function onlyAlways([, , third]: readonly Word[]): string | null {
  return third === undefined || third.text === 'always' ? null : parameter(third.text)
}

/** ngx_set_cpu_affinity */
function cpuMask(text: string): string {
  const wrong = /[^01 ]/.exec(text)?.[0]
  return wrong === undefined
    ? `"worker_cpu_affinity" supports up to 1024 CPUs only`
    : `invalid character "${wrong}" in "worker_cpu_affinity"`
}

/** ngx_http_upstream_bind_set_slot: an address with or without a port, or a value with variables. */
function bind([address, how]: readonly [Word, ...Word[]]): string | null {
  if (how === undefined && address.text === 'off') return null
  const [, bracketed, plain] = /^(?:\[(.*)\](?::\d+)?|(.*?)(?::\d+)?)$/s.exec(address.text) ?? []
  const isAddress = isIP(bracketed ?? plain ?? '') !== 0 || isIP(address.text) !== 0
  if (!isAddress && !address.text.includes('$')) return `invalid address "${address.text}"`
  return how === undefined || how.text === 'transparent' ? null : parameter(how.text)
}

function storeAccess(args: readonly Word[]): string | null {
  return firstNot(args, /^(user|group|all):(r|rw)$/, (text) => `invalid value "${text}"`)
}

/** ngx_http_file_cache_valid_set_slot: statuses or `any`, and a time at the end. */
function cacheValid(args: readonly [Word, ...Word[]]): string | null {
  const [time, ...statuses] = args.toReversed()
  if (time !== undefined && !isSeconds(time.text)) return `invalid time value "${time.text}"`
  const isStatus = (text: string) =>
    text === 'any' || (/^\d+$/.test(text) && Number(text) >= 100 && Number(text) <= 599)
  const wrong = statuses.reverse().find(({ text }) => !isStatus(text))
  return wrong === undefined ? null : `invalid status "${wrong.text}"`
}

/** ngx_http_log_set_log: `off` alone, or a file, a format and its options. */
function accessLog([first, second, ...options]: readonly [Word, ...Word[]]): string | null {
  if (first.text === 'off') return second === undefined ? null : parameter(second.text)
  const texts = options.map(({ text }) => text)
  for (const text of texts) {
    const [key, value = ''] = text.split(/=(.*)/s)
    if (text === 'gzip' || (key === 'if' && text.includes('='))) continue
    if (key === 'buffer') {
      if (sizeOf(value) === 0) return `invalid buffer size "${value}"`
    } else if (key === 'flush') {
      if (!parseTimeMs(value, false)) return `invalid flush time "${value}"`
    } else if (key === 'gzip') {
      if (!/^[1-9]$/.test(value)) return `invalid compression level "${value}"`
    } else {
      return parameter(text)
    }
  }
  const flushed = texts.some((text) => text.startsWith('flush='))
  const buffered = texts.some((text) => text.startsWith('buffer=') || text.startsWith('gzip'))
  return flushed && !buffered ? `no buffer is defined for access_log "${first.text}"` : null
}

function logLevels(levels: readonly string[]): string | null {
  const wrong = levels.find((level) => !LOG_LEVELS.includes(level) && !DEBUG_LEVELS.includes(level))
  if (wrong !== undefined) return `invalid log level "${wrong}"`
  const [, second] = levels
  return second === undefined || levels.every((level) => level.startsWith('debug_'))
    ? null
    : `duplicate log level "${second}"`
}

/** ngx_http_parse_expires: a time, `@` and a time of the day, or a word; a value with variables is asked for later. */
function expires([first, second]: readonly [Word, ...Word[]], name: string): string | null {
  if (second !== undefined && first.text !== 'modified') return invalidValue(name)
  const { text } = second ?? first
  if (text.includes('$') || (second === undefined && /^(epoch|max|off)$/.test(text))) return null
  if (text.startsWith('@') && second !== undefined) {
    return `"${name}" directive daily time cannot be used with "modified" parameter`
  }
  const ms = parseTimeMs(text.replace(/^[-+@]/, ''), true)
  if (ms === null) return invalidValue(name)
  return text.startsWith('@') && ms > 86_400_000
    ? `"${name}" directive daily time value must be less than 24 hours`
    : null
}

/** ngx_http_limit_req_zone, ngx_http_limit_conn_zone. */
function limitZone(name: string, args: readonly Word[], known: RegExp): string | null {
  let isNamed = false
  for (const { text } of args) {
    if (!known.test(text)) return parameter(text)
    const [, zone = '', size] = /^zone=([^:]*)(?::(.*))?$/s.exec(text) ?? []
    if (text.startsWith('zone=')) {
      const bytes = size === undefined ? null : parseSizeBytes(size, false)
      if (bytes === null) return `invalid zone size "${text}"`
      if (bytes < MIN_ZONE_BYTES) return `zone "${text}" is too small`
      isNamed = zone !== ''
    } else if (!/^rate=0*[1-9]\d*(?:r\/[sm])?$/.test(text)) return `invalid rate "${text}"`
  }
  return isNamed ? null : `"${name}" must have "zone" parameter`
}

/** ngx_http_limit_req. */
function limitReq(args: readonly Word[], name: string): string | null {
  for (const { text } of args) {
    const [, key = '', value = ''] = /^(zone|burst|delay)=(.*)$/s.exec(text) ?? []
    if (text === 'nodelay' || key === 'zone') continue
    if (key === '') return parameter(text)
    const number = parseNumber(value)
    if (number === null || number === 0) return `invalid ${key} value "${text}"`
  }
  const named = args.some(({ text }) => /^zone=./s.test(text))
  return named ? null : `"${name}" must have "zone" parameter`
}

function network([{ text }]: readonly [Word, ...Word[]]): string | null {
  return text === 'all' || text === 'unix:' || parseCidr(text) !== null ? null : parameter(text)
}

/** ngx_resolver_create: name servers by their addresses, and options. Whether a name resolves is not asked. */
function resolver(args: readonly Word[]): string | null {
  let servers = 0
  for (const { text } of args) {
    const [option, value = ''] = text.split(/=(.*)/s)
    if (option === 'valid' && text.includes('=')) {
      if (!isSeconds(value)) return `invalid parameter: ${text}`
    } else if ((option === 'ipv6' || option === 'ipv4') && text.includes('=')) {
      if (option === 'ipv4' || !/^(on|off)$/.test(value)) return `invalid parameter: ${text}`
    } else {
      const problem = nameServer(text)
      if (problem !== null) return problem
      servers++
    }
  }
  return servers === 0 ? 'no name servers defined' : null
}

function nameServer(text: string): string | null {
  const [, ipv6, host = '', port] = /^(?:\[(.*)\]|([^:]*))(?::(.*))?$/s.exec(text) ?? []
  const number = port === undefined ? 53 : (parseNumber(port) ?? 0)
  if (number < 1 || number > 65_535) return `invalid port in resolver "${text}"`
  if (text.includes('/')) return `invalid host in resolver "${text}"`
  return ipv6 === undefined && !mayBeNetwork(host) ? `host not found in resolver "${text}"` : null
}

/** An address, a network, or a host name; whether a name resolves is not asked. */
function mayBeNetwork(text: string): boolean {
  return parseCidr(text) !== null || /^[a-z][a-z0-9.-]*$/i.test(text)
}

/** ngx_conf_set_path_slot: up to three levels of one or two digits each. */
function pathLevels([, ...levels]: readonly Word[], name: string): string | null {
  return levels.every(({ text }) => /^0*[1-2]$/.test(text)) ? null : invalidValue(name)
}

function poolSize([{ text }]: readonly [Word, ...Word[]]): string | null {
  const bytes = sizeOf(text)
  if (bytes < 112) return 'the pool size must be no less than 112'
  return bytes % 16 === 0 ? null : 'the pool size must be a multiple of 16'
}

function powerOfTwo(name: string, text: string, maxKilobytes: number): string | null {
  const sizes = [512]
  for (let kilobytes = 1; kilobytes <= maxKilobytes; kilobytes *= 2) sizes.push(kilobytes * 1024)
  if (sizes.includes(sizeOf(text))) return null
  const words = sizes.map((bytes) => (bytes === 512 ? '512' : `${bytes / 1024}k`))
  return `"${name}" directive must be ${words.slice(0, -1).join(', ')}, or ${words.at(-1)}`
}

function cache(name: string, args: readonly Word[], known: RegExp, missing: string): string | null {
  const wrong = args.find(({ text }) => {
    const [key, value = ''] = text.split('=')
    if (!known.test(text)) return text !== 'off'
    return key === 'max' || key === 'min_uses' ? !parseNumber(value) : !isSeconds(value)
  })
  if (wrong !== undefined) return `invalid "${name}" parameter "${wrong.text}"`
  return args.some(({ text }) => text === 'off' || text.startsWith('max=')) ? null : `"${name}" ${missing}`
}

function sessionCache(text: string): string | null {
  if (/^(off|none|builtin|builtin:\d+)$/.test(text)) return null
  const size = /^shared:[^:]+:(.+)$/.exec(text)?.[1]
  const bytes = size === undefined ? null : parseSizeBytes(size, false)
  if (bytes === null) return `invalid session cache "${text}"`
  return bytes < MIN_ZONE_BYTES ? `session cache "${text}" is too small` : null
}

function zoneSize(name: string, text: string): string | null {
  const bytes = parseSizeBytes(text, false)
  if (!bytes) return `invalid zone size "${text}"`
  return bytes < MIN_ZONE_BYTES ? `zone "${name}" is too small` : null
}
