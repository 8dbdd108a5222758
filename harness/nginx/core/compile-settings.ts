import type { Block } from '../syntax/block.ts'
import { parseNumber, parseSizeBytes, parseTimeMs } from '../syntax/values.ts'
import { lowerCase, wireText } from '../syntax/wire.ts'
import { compileRefusals } from './directives/compile-refusals.ts'
import { compileFiles, DEFAULT_FILES } from './files/files.ts'
import type { InLocation } from './locations/in-location.ts'
import { compileErrorPages } from './response/error-page.ts'
import { type CompileScope, type CompilingModule, ruleOf } from './scope.ts'
import type { KeepAlive, Rates, Settings } from './settings.ts'
import { compileResolver } from './upstreams/compile-resolver.ts'

/** What nginx does where no block says otherwise. `http { }` around the site file is taken to say nothing. */
const DEFAULT_SETTINGS: Omit<Settings, 'proxy'> = {
  clientMaxBodySize: 1024 * 1024,
  bodySizeRule: null,
  bodyTimeout: { ms: 60_000, rule: null },
  errorPages: null,
  recursiveErrorPages: false,
  internal: false,
  serverTokens: 'on',
  absoluteRedirect: true,
  serverNameInRedirect: false,
  portInRedirect: true,
  msiePadding: true,
  defaultType: 'text/plain',
  types: new Map([
    ['html', 'text/html'],
    ['gif', 'image/gif'],
    ['jpg', 'image/jpeg'],
  ]),
  satisfy: 'all',
  files: DEFAULT_FILES,
  resolver: null,
  resolverTimeoutMs: 30_000,
  refusals: new Map(),
  rates: { limitRate: null, limitRateAfter: null, proxyLimitRate: null },
  keepAlive: { timeoutMs: 75_000, toldS: null, requests: 1000, timeMs: 3_600_000, disabled: new Set(['msie6']) },
  chunkedTransferEncoding: true,
  logSubrequest: false,
}

/** The settings of `http { }`, before the site file says anything. */
export function rootSettings(scope: CompileScope): Settings {
  return { ...DEFAULT_SETTINGS, proxy: proxySettingsIn(scope).defaults(scope) }
}

function proxySettingsIn({ modules }: CompileScope): NonNullable<CompilingModule['proxy']> {
  const found = modules.find(({ proxy }) => proxy !== undefined)?.proxy
  if (found === undefined) throw new Error('no module of the table fills in the settings of upstreams')
  return found
}

/**
 * The settings inside a block: its own where it has them, else those of the block around it.
 */
export function compileSettings(block: Block, around: Settings, location: InLocation, scope: CompileScope): Settings {
  const sizeLine = block.one('client_max_body_size')
  const size = sizeLine?.args[0]
  const tokens = block.word('server_tokens')
  const type = block.word('default_type')
  const satisfy = block.word('satisfy')?.text.toLowerCase()
  const settings: Settings = {
    clientMaxBodySize: size === undefined ? around.clientMaxBodySize : (parseSizeBytes(size.text, true) ?? 0),
    bodySizeRule: sizeLine === undefined ? around.bodySizeRule : ruleOf(sizeLine),
    bodyTimeout: compileBodyTimeout(block) ?? around.bodyTimeout,
    errorPages: compileErrorPages(block.all('error_page'), scope) ?? around.errorPages,
    recursiveErrorPages: block.flag('recursive_error_pages', around.recursiveErrorPages),
    internal: around.internal || block.one('internal') !== undefined,
    serverTokens: tokens === undefined ? around.serverTokens : serverTokens(tokens.text),
    absoluteRedirect: block.flag('absolute_redirect', around.absoluteRedirect),
    serverNameInRedirect: block.flag('server_name_in_redirect', around.serverNameInRedirect),
    portInRedirect: block.flag('port_in_redirect', around.portInRedirect),
    msiePadding: block.flag('msie_padding', around.msiePadding),
    defaultType: type === undefined ? around.defaultType : wireText(type.text),
    types: compileTypes(block) ?? around.types,
    satisfy: satisfy === 'any' || satisfy === 'all' ? satisfy : around.satisfy,
    files: compileFiles(block, around.files, location, scope),
    resolver: compileResolver(block, around.resolver, scope),
    resolverTimeoutMs: parseTimeMs(block.word('resolver_timeout')?.text ?? '', false) ?? around.resolverTimeoutMs,
    refusals: compileRefusals(block, around.refusals, scope),
    rates: compileRates(block, around.rates, scope),
    keepAlive: compileKeepAlive(block, around.keepAlive),
    chunkedTransferEncoding: block.flag('chunked_transfer_encoding', around.chunkedTransferEncoding),
    logSubrequest: block.flag('log_subrequest', around.logSubrequest),
    proxy: proxySettingsIn(scope).compile(block, around.proxy, location.kind === 'plain' ? location.name : '', scope),
  }
  for (const module of scope.modules) module.settings?.inherit(settings, block, around, scope)
  return settings
}

/** `keepalive_timeout TIME [HEADER]`, whose two words are inherited each by itself, `keepalive_requests`, `keepalive_time`, `keepalive_disable`. */
function compileKeepAlive(block: Block, around: KeepAlive): KeepAlive {
  const [timeout, told] = block.one('keepalive_timeout')?.args ?? []
  const toldMs = told === undefined ? 0 : (parseTimeMs(told.text, true) ?? 0)
  const disabled = block.all('keepalive_disable').flatMap(({ args }) => args.map(({ text }) => text.toLowerCase()))
  return {
    timeoutMs: timeout === undefined ? around.timeoutMs : (parseTimeMs(timeout.text, false) ?? around.timeoutMs),
    toldS: told === undefined ? around.toldS : toldMs === 0 ? null : toldMs / 1000,
    requests: parseNumber(block.word('keepalive_requests')?.text ?? '') ?? around.requests,
    timeMs: parseTimeMs(block.word('keepalive_time')?.text ?? '', false) ?? around.timeMs,
    disabled: disabled.length === 0 ? around.disabled : new Set(disabled),
  }
}

/** `limit_rate`, `limit_rate_after` and `proxy_limit_rate` are inherited each by itself. */
function compileRates(block: Block, around: Rates, scope: CompileScope): Rates {
  const lineOf = (name: string) => {
    const directive = block.one(name)
    const [word] = directive?.args ?? []
    return directive === undefined || word === undefined
      ? null
      : { value: scope.template(word), rule: ruleOf(directive) }
  }
  const proxied = block.one('proxy_limit_rate')
  return {
    limitRate: lineOf('limit_rate') ?? around.limitRate,
    limitRateAfter: lineOf('limit_rate_after') ?? around.limitRateAfter,
    proxyLimitRate:
      proxied === undefined
        ? around.proxyLimitRate
        : { bytes: parseSizeBytes(proxied.args[0]?.text ?? '', false) ?? 0, rule: ruleOf(proxied) },
  }
}

function compileBodyTimeout(block: Block): Settings['bodyTimeout'] | null {
  const directive = block.one('client_body_timeout')
  const ms = parseTimeMs(directive?.args[0]?.text ?? '', false)
  return directive === undefined || ms === null ? null : { ms, rule: ruleOf(directive) }
}

function serverTokens(text: string): Settings['serverTokens'] {
  const value = text.toLowerCase()
  return value === 'off' || value === 'build' ? value : 'on'
}

/** `types { text/html html htm; }`: a block of them replaces all of the outer ones. */
function compileTypes(block: Block): ReadonlyMap<string, string> | null {
  const blocks = block.all('types')
  if (blocks.length === 0) return null
  const types = new Map<string, string>()
  for (const { block: lines } of blocks) {
    for (const { name, args } of lines ?? []) {
      for (const extension of args) types.set(lowerCase(wireText(extension.text)), wireText(name.text))
    }
  }
  return types
}
