import type { UpstreamPrefix } from '../../../chain/message.ts'
import type { HeaderRule, Rule } from '../../../trace/trace.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { lowerCase, wireText } from '../../syntax/wire.ts'
import { NO_CACHE_SETTINGS } from '../cache/cache-settings.ts'
import { compileCache } from '../cache/compile-cache.ts'
import { type CompileScope, ruleOf } from '../scope.ts'
import { compileUpstreamTls } from './compile-upstream-tls.ts'
import type { UpstreamLines } from './upstream-lines.ts'
import type { UpstreamSettings } from './upstream-settings.ts'
import { NO_TLS_SETTINGS } from './upstream-tls-settings.ts'

/** Response headers that nginx keeps to itself, whoever answers. */
const HIDDEN: readonly string[] = [
  'x-accel-expires',
  'x-accel-redirect',
  'x-accel-limit-rate',
  'x-accel-buffering',
  'x-accel-charset',
]

/** And those of one module (ngx_http_proxy_hide_headers and its like); uwsgi lets Status through. */
const ALSO_HIDDEN: Readonly<Record<UpstreamPrefix, readonly string[]>> = {
  proxy: ['date', 'server', 'x-pad'],
  grpc: ['date', 'server'],
  fastcgi: ['status'],
  scgi: ['status'],
  uwsgi: [],
  memcached: [],
}

/** A page of memory, nginx's default for buffers: 4 KiB on x86 and on most of ARM. */
const PAGE_BYTES = 4096

/** What nginx does where no directive says otherwise (ngx_http_proxy_merge_loc_conf and its like). */
export function defaultUpstreamSettings(prefix: UpstreamPrefix): UpstreamSettings {
  return {
    connectTimeoutMs: 60_000,
    readTimeoutMs: 60_000,
    readTimeoutRule: null,
    buffering: prefix !== 'grpc' && prefix !== 'memcached',
    unbuffered: null,
    bufferSize: { bytes: PAGE_BYTES, rule: null },
    headerRules: [],
    methodRule: null,
    passRequestHeaders: true,
    passRequestBody: true,
    bodyRule: null,
    requestHeadersRule: null,
    interceptErrors: prefix === 'memcached',
    hideHeaders: null,
    passHeaders: null,
    hideRules: new Map(),
    hidden: hiddenBy(prefix, null, null),
    ignoreHeaders: new Set(),
    forceRanges: prefix === 'memcached',
    // proxy_cache_convert_head has no like in other modules.
    cache: { ...NO_CACHE_SETTINGS, convertHead: prefix === 'proxy' },
    tls: NO_TLS_SETTINGS,
    nextUpstream: new Set(['error', 'timeout']),
    nextUpstreamTries: 0,
    nextUpstreamTimeoutMs: 0,
  }
}

/** The settings inside a block, by the lines of one module there. */
export function compileUpstreamSettings(
  lines: UpstreamLines,
  around: UpstreamSettings,
  scope: CompileScope,
): UpstreamSettings {
  const hideHeaders = lines.names('hide_header') ?? around.hideHeaders
  const passHeaders = lines.names('pass_header') ?? around.passHeaders
  return {
    connectTimeoutMs: lines.timeMs('connect_timeout', around.connectTimeoutMs),
    readTimeoutMs: lines.timeMs('read_timeout', around.readTimeoutMs),
    readTimeoutRule: lines.rule('read_timeout') ?? around.readTimeoutRule,
    buffering: lines.flag('buffering', around.buffering),
    unbuffered: unbuffered(lines, around.unbuffered),
    bufferSize: bufferSize(lines) ?? around.bufferSize,
    headerRules: around.headerRules,
    methodRule: around.methodRule,
    passRequestHeaders: lines.flag('pass_request_headers', around.passRequestHeaders),
    passRequestBody: lines.flag('pass_request_body', around.passRequestBody),
    bodyRule: lines.rule('pass_request_body') ?? around.bodyRule,
    requestHeadersRule: lines.rule('pass_request_headers') ?? around.requestHeadersRule,
    interceptErrors: lines.flag('intercept_errors', around.interceptErrors),
    hideHeaders,
    passHeaders,
    hideRules: hideRules(lines) ?? around.hideRules,
    hidden: hiddenBy(lines.prefix, hideHeaders, passHeaders),
    ignoreHeaders: lines.words('ignore_headers') ?? around.ignoreHeaders,
    forceRanges: lines.flag('force_ranges', around.forceRanges),
    cache: compileCache(lines.prefix, lines.block, around.cache, scope),
    tls: compileUpstreamTls(lines, around.tls, scope),
    nextUpstream: lines.words('next_upstream') ?? around.nextUpstream,
    nextUpstreamTries: lines.count('next_upstream_tries', around.nextUpstreamTries),
    nextUpstreamTimeoutMs: lines.timeMs('next_upstream_timeout', around.nextUpstreamTimeoutMs),
  }
}

/**
 * Which line decides about each header or parameter. One line in a block is enough to inherit none of the block around it: the first
 * one stands for those that are lost.
 */
export function headerRulesOf(directives: readonly Directive[], around: readonly HeaderRule[]): readonly HeaderRule[] {
  const [first] = directives
  if (first === undefined) return around
  const rules = new Map<string, HeaderRule>()
  for (const { name } of around) rules.set(name, { ...ruleOf(first), name, drops: true })
  for (const directive of directives) {
    const [word] = directive.args
    if (word === undefined) continue
    const name = lowerCase(wireText(word.text))
    rules.set(name, { ...ruleOf(directive), name, drops: false })
  }
  return [...rules.values()]
}

/** What `proxy_pass_header` does not let through (ngx_http_upstream_hide_headers_hash). */
function hiddenBy(
  prefix: UpstreamPrefix,
  hide: readonly string[] | null,
  pass: readonly string[] | null,
): ReadonlySet<string> {
  if (prefix === 'memcached') return new Set()
  const hidden = new Set([...HIDDEN, ...ALSO_HIDDEN[prefix], ...(hide ?? [])])
  for (const name of pass ?? []) hidden.delete(name)
  return hidden
}

/** The `proxy_hide_header` line of each name; null where the block has none. */
function hideRules(lines: UpstreamLines): ReadonlyMap<string, Rule> | null {
  const directives = lines.all('hide_header')
  if (directives.length === 0) return null
  return new Map(directives.flatMap((line) => line.args.map(({ text }) => [lowerCase(text), ruleOf(line)] as const)))
}

function unbuffered(lines: UpstreamLines, around: Rule | null): Rule | null {
  const rule = lines.rule('request_buffering')
  if (rule === null) return around
  return lines.flag('request_buffering', true) ? null : rule
}

function bufferSize(lines: UpstreamLines): UpstreamSettings['bufferSize'] | null {
  const bytes = lines.bytes('buffer_size')
  return bytes === null ? null : { bytes, rule: lines.rule('buffer_size') }
}
