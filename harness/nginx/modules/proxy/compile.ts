import type { Span } from '../../../diagnostics/span.ts'
import type { HeaderRule, Rule } from '../../../trace/trace.ts'
import { NO_CACHE_SETTINGS } from '../../core/cache/cache-settings.ts'
import { compileCache } from '../../core/cache/compile-cache.ts'
import { type CompileScope, ruleOf } from '../../core/scope.ts'
import { Slot } from '../../core/slot.ts'
import type { ProxyHeaders, ProxySettings, SetHeader } from '../../core/upstreams/proxy-settings.ts'
import { NO_TLS_SETTINGS } from '../../core/upstreams/upstream-tls-settings.ts'
import type { Block } from '../../syntax/block.ts'
import { parseNumber, parseSizeBytes, parseTimeMs } from '../../syntax/values.ts'
import { lowerCase, wireText } from '../../syntax/wire.ts'
import { compileCookieFlags, compileCookieRewrites } from './compile-cookie.ts'
import { compileRedirects } from './compile-redirect.ts'
import { compileTls } from './compile-tls.ts'
import { mergeHeaders } from './headers.ts'

/** Response headers that nginx keeps to itself (ngx_http_proxy_hide_headers). */
const HIDDEN: readonly string[] = [
  'date',
  'server',
  'x-pad',
  'x-accel-expires',
  'x-accel-redirect',
  'x-accel-limit-rate',
  'x-accel-buffering',
  'x-accel-charset',
]

/** A page of memory, nginx's default for buffers: 4 KiB on x86 and on most of ARM. */
const PAGE_BYTES = 4096

const NOWHERE: Span = { file: '', line: 0, column: 0, length: 0 }

/** What nginx does where no `proxy_*` directive says otherwise. */
export function defaultProxySettings(scope: CompileScope): ProxySettings {
  return {
    connectTimeoutMs: 60_000,
    readTimeoutMs: 60_000,
    readTimeoutRule: null,
    buffering: true,
    unbuffered: null,
    bufferSize: { bytes: PAGE_BYTES, rule: null },
    httpVersion: scope.rules.upstreamHttp11ByDefault ? '1.1' : '1.0',
    setHeaders: null,
    headerRules: [],
    headers: mergeHeaders([], (value) => scope.templateOf(value, NOWHERE), scope.rules, false),
    method: null,
    methodRule: null,
    passRequestHeaders: true,
    setBody: null,
    passRequestBody: true,
    bodyRule: null,
    requestHeadersRule: null,
    interceptErrors: false,
    forceRanges: false,
    hideHeaders: null,
    hideRules: new Map(),
    passHeaders: null,
    hidden: new Set(HIDDEN),
    ignoreHeaders: new Set(),
    redirect: true,
    redirects: null,
    cookiePaths: [],
    cookieDomains: [],
    cookieFlags: [],
    cache: NO_CACHE_SETTINGS,
    cacheHeaders: null,
    tls: NO_TLS_SETTINGS,
    nextUpstream: new Set(['error', 'timeout']),
    nextUpstreamTries: 0,
    nextUpstreamTimeoutMs: 0,
  }
}

/**
 * The `proxy_*` settings inside a block (ngx_http_proxy_merge_loc_conf).
 * @param replaced see {@link compileRedirects}
 */
export function compileProxySettings(
  block: Block,
  around: ProxySettings,
  replaced: string,
  scope: CompileScope,
): ProxySettings {
  const method = block.word('proxy_method')
  const readTimeout = block.one('proxy_read_timeout')
  const setHeaders = compileSetHeaders(block, scope) ?? around.setHeaders
  const hideHeaders = namesOf(block, 'proxy_hide_header') ?? around.hideHeaders
  const methodLine = block.one('proxy_method')
  const setBody = block.one('proxy_set_body')
  const bodyLine = setBody ?? block.one('proxy_pass_request_body')
  const headersLine = block.one('proxy_pass_request_headers')
  const passHeaders = namesOf(block, 'proxy_pass_header') ?? around.passHeaders
  const cache = compileCache('proxy', block, around.cache, scope)
  return {
    connectTimeoutMs: time(block, 'proxy_connect_timeout', around.connectTimeoutMs),
    readTimeoutMs: time(block, 'proxy_read_timeout', around.readTimeoutMs),
    readTimeoutRule: readTimeout === undefined ? around.readTimeoutRule : ruleOf(readTimeout),
    unbuffered: unbuffered(block, around.unbuffered),
    buffering: block.flag('proxy_buffering', around.buffering),
    bufferSize: bufferSize(block) ?? around.bufferSize,
    httpVersion: httpVersion(block, scope) ?? around.httpVersion,
    setHeaders,
    headerRules: headerRules(block, around.headerRules),
    headers: setHeaders === around.setHeaders ? around.headers : sharedHeaders(setHeaders ?? [], scope, false),
    cacheHeaders: cache.on === null ? null : sharedHeaders(setHeaders ?? [], scope, true),
    cache,
    method: method === undefined ? around.method : scope.template(method),
    methodRule: methodLine === undefined ? around.methodRule : ruleOf(methodLine),
    passRequestHeaders: block.flag('proxy_pass_request_headers', around.passRequestHeaders),
    setBody: setBody?.args[0] === undefined ? around.setBody : scope.template(setBody.args[0]),
    passRequestBody: block.flag('proxy_pass_request_body', around.passRequestBody),
    bodyRule:
      bodyLine === undefined || (around.setBody !== null && setBody === undefined) ? around.bodyRule : ruleOf(bodyLine),
    requestHeadersRule: headersLine === undefined ? around.requestHeadersRule : ruleOf(headersLine),
    interceptErrors: block.flag('proxy_intercept_errors', around.interceptErrors),
    forceRanges: block.flag('proxy_force_ranges', around.forceRanges),
    hideHeaders,
    hideRules: hideRules(block) ?? around.hideRules,
    passHeaders,
    hidden: hiddenBy(hideHeaders, passHeaders),
    ignoreHeaders: setOf(block, 'proxy_ignore_headers') ?? around.ignoreHeaders,
    ...compileRedirects(block, around, replaced, scope),
    cookiePaths: compileCookieRewrites(block, 'proxy_cookie_path', around.cookiePaths, scope),
    cookieDomains: compileCookieRewrites(block, 'proxy_cookie_domain', around.cookieDomains, scope),
    cookieFlags: compileCookieFlags(block, around.cookieFlags, scope),
    tls: compileTls(block, around.tls, scope),
    nextUpstream: setOf(block, 'proxy_next_upstream') ?? around.nextUpstream,
    nextUpstreamTries: count(block, 'proxy_next_upstream_tries', around.nextUpstreamTries),
    nextUpstreamTimeoutMs: time(block, 'proxy_next_upstream_timeout', around.nextUpstreamTimeoutMs),
  }
}

/** Locations with the same lines share what becomes of them. */
const merged = new Slot<CompileScope, Map<string, ProxyHeaders> | null>(null)

function sharedHeaders(own: readonly SetHeader[], scope: CompileScope, isForCache: boolean): ProxyHeaders {
  const known = merged.of(scope) ?? new Map<string, ProxyHeaders>()
  merged.keep(scope, known)
  const key = [isForCache, ...own.map(({ name, value }) => `${name}\n${value.source}`)].join('\n')
  const headers =
    known.get(key) ?? mergeHeaders(own, (value) => scope.templateOf(value, NOWHERE), scope.rules, isForCache)
  known.set(key, headers)
  return headers
}

function compileSetHeaders(block: Block, scope: CompileScope): readonly SetHeader[] | null {
  const directives = block.all('proxy_set_header')
  if (directives.length === 0) return null
  return directives.flatMap(({ args: [name, value] }) =>
    name === undefined || value === undefined ? [] : [{ name: wireText(name.text), value: scope.template(value) }],
  )
}

/** One line in a block is enough to inherit none of the block around it: the first one stands for those that are lost. */
function headerRules(block: Block, around: ProxySettings['headerRules']): ProxySettings['headerRules'] {
  const [first, ...others] = block.all('proxy_set_header')
  if (first === undefined) return around
  const rules = new Map<string, HeaderRule>()
  for (const { name } of around) rules.set(name, { ...ruleOf(first), name, drops: true })
  for (const directive of [first, ...others]) {
    const [word] = directive.args
    if (word === undefined) continue
    const name = lowerCase(wireText(word.text))
    rules.set(name, { ...ruleOf(directive), name, drops: false })
  }
  return [...rules.values()]
}

/** What `proxy_pass_header` does not let through (ngx_http_upstream_hide_headers_hash). */
function hiddenBy(hide: readonly string[] | null, pass: readonly string[] | null): ReadonlySet<string> {
  const hidden = new Set([...HIDDEN, ...(hide ?? [])])
  for (const name of pass ?? []) hidden.delete(name)
  return hidden
}

/** The `proxy_hide_header` line of each name; null where the block has none. */
function hideRules(block: Block): ReadonlyMap<string, Rule> | null {
  const lines = block.all('proxy_hide_header')
  if (lines.length === 0) return null
  return new Map(lines.flatMap((line) => line.args.map(({ text }) => [text.toLowerCase(), ruleOf(line)] as const)))
}

function namesOf(block: Block, directive: string): readonly string[] | null {
  const names = block.all(directive).flatMap(({ args }) => args.map(({ text }) => lowerCase(wireText(text))))
  return names.length === 0 ? null : names
}

function setOf(block: Block, directive: string): ReadonlySet<string> | null {
  const words = block.all(directive).flatMap(({ args }) => args.map(({ text }) => text))
  return words.length === 0 ? null : new Set(words)
}

function unbuffered(block: Block, around: ProxySettings['unbuffered']): ProxySettings['unbuffered'] {
  const directive = block.one('proxy_request_buffering')
  if (directive === undefined) return around
  return block.flag('proxy_request_buffering', true) ? null : ruleOf(directive)
}

function bufferSize(block: Block): ProxySettings['bufferSize'] | null {
  const directive = block.one('proxy_buffer_size')
  const bytes = parseSizeBytes(directive?.args[0]?.text ?? '', false)
  return directive === undefined || bytes === null ? null : { bytes, rule: ruleOf(directive) }
}

/** A version of nginx that speaks HTTP/2 to upstreams takes `2`. */
function httpVersion(block: Block, scope: CompileScope): '1.0' | '1.1' | null {
  const word = block.word('proxy_http_version')
  if (word?.text === '2') scope.refuse('proxy_http_version', word.span, 'HTTP/2 to upstreams is not modelled')
  return word === undefined ? null : word.text === '1.1' ? '1.1' : '1.0'
}

function time(block: Block, directive: string, otherwise: number): number {
  const word = block.word(directive)
  return word === undefined ? otherwise : (parseTimeMs(word.text, false) ?? otherwise)
}

function count(block: Block, directive: string, otherwise: number): number {
  const word = block.word(directive)
  return word === undefined ? otherwise : (parseNumber(word.text) ?? otherwise)
}
