import type { CgiProtocol } from '../../../chain/message.ts'
import type { HeaderRule, Rule } from '../../../trace/trace.ts'
import type { Block } from '../../syntax/block.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { parseNumber, parseSizeBytes, parseTimeMs } from '../../syntax/values.ts'
import { lowerCase, wireText } from '../../syntax/wire.ts'
import { NO_CACHE_SETTINGS } from '../cache/cache-settings.ts'
import { ModuleSettings } from '../module.ts'
import { type CompileScope, ruleOf } from '../scope.ts'
import { NO_TLS_SETTINGS } from '../upstreams/upstream-tls-settings.ts'
import type { CgiParam, CgiSettings } from './cgi-settings.ts'

/** Response headers that nginx keeps to itself (ngx_http_fastcgi_hide_headers); uwsgi lets Status through. */
const HIDDEN: readonly string[] = [
  'x-accel-expires',
  'x-accel-redirect',
  'x-accel-limit-rate',
  'x-accel-buffering',
  'x-accel-charset',
]

/** A page of memory, nginx's default for buffers: 4 KiB on x86 and on most of ARM. */
const PAGE_BYTES = 4096

/** The settings of one protocol, as blocks inherit them (ngx_http_fastcgi_merge_loc_conf). */
export function cgiSettings(protocol: CgiProtocol): ModuleSettings<CgiSettings> {
  const hidden = protocol === 'uwsgi' ? HIDDEN : [...HIDDEN, 'status']
  const otherwise: CgiSettings = {
    connectTimeoutMs: 60_000,
    readTimeoutMs: 60_000,
    readTimeoutRule: null,
    buffering: true,
    unbuffered: null,
    bufferSize: { bytes: PAGE_BYTES, rule: null },
    headerRules: [],
    methodRule: null,
    passRequestHeaders: true,
    passRequestBody: true,
    bodyRule: null,
    requestHeadersRule: null,
    interceptErrors: false,
    hideRules: new Map(),
    hidden: new Set(hidden),
    ignoreHeaders: new Set(),
    forceRanges: false,
    cache: NO_CACHE_SETTINGS,
    tls: NO_TLS_SETTINGS,
    nextUpstream: new Set(['error', 'timeout']),
    nextUpstreamTries: 0,
    nextUpstreamTimeoutMs: 0,
    params: [],
    replaced: new Set(),
    namesHost: false,
    hideHeaders: null,
    passHeaders: null,
  }
  return new ModuleSettings(otherwise, (block, around, scope) => {
    const lines = new Lines(block, protocol)
    return lines.areThere ? compile(lines, around, hidden, scope) : around
  })
}

/** The directives of one protocol in a block, by their names behind its prefix. */
class Lines {
  readonly #block: Block
  readonly #prefix: string

  constructor(block: Block, protocol: CgiProtocol) {
    this.#block = block
    this.#prefix = `${protocol}_`
  }

  /** Most blocks have none. */
  get areThere(): boolean {
    return this.#block.directives.some(({ name }) => name.text.startsWith(this.#prefix))
  }

  all(name: string): readonly Directive[] {
    return this.#block.all(this.#prefix + name)
  }

  rule(name: string): Rule | null {
    const directive = this.#block.one(this.#prefix + name)
    return directive === undefined ? null : ruleOf(directive)
  }

  flag(name: string, otherwise: boolean): boolean {
    return this.#block.flag(this.#prefix + name, otherwise)
  }

  timeMs(name: string, otherwise: number): number {
    return parseTimeMs(this.#text(name), false) ?? otherwise
  }

  count(name: string, otherwise: number): number {
    return parseNumber(this.#text(name)) ?? otherwise
  }

  bytes(name: string): number | null {
    return parseSizeBytes(this.#text(name), false)
  }

  words(name: string): readonly string[] | null {
    const words = this.all(name).flatMap(({ args }) => args.map(({ text }) => text))
    return words.length === 0 ? null : words
  }

  #text(name: string): string {
    return this.#block.word(this.#prefix + name)?.text ?? ''
  }
}

function compile(lines: Lines, around: CgiSettings, alwaysHidden: readonly string[], scope: CompileScope): CgiSettings {
  const hideHeaders = namesOf(lines, 'hide_header') ?? around.hideHeaders
  const passHeaders = namesOf(lines, 'pass_header') ?? around.passHeaders
  const set = (name: string) => {
    const words = lines.words(name)
    return words === null ? null : new Set(words)
  }
  return {
    connectTimeoutMs: lines.timeMs('connect_timeout', around.connectTimeoutMs),
    readTimeoutMs: lines.timeMs('read_timeout', around.readTimeoutMs),
    readTimeoutRule: lines.rule('read_timeout') ?? around.readTimeoutRule,
    buffering: lines.flag('buffering', around.buffering),
    unbuffered: unbuffered(lines, around.unbuffered),
    bufferSize: bufferSize(lines) ?? around.bufferSize,
    methodRule: null,
    passRequestHeaders: lines.flag('pass_request_headers', around.passRequestHeaders),
    passRequestBody: lines.flag('pass_request_body', around.passRequestBody),
    bodyRule: lines.rule('pass_request_body') ?? around.bodyRule,
    requestHeadersRule: lines.rule('pass_request_headers') ?? around.requestHeadersRule,
    interceptErrors: lines.flag('intercept_errors', around.interceptErrors),
    hideRules: hideRules(lines) ?? around.hideRules,
    hidden: hiddenBy(alwaysHidden, hideHeaders, passHeaders),
    ignoreHeaders: set('ignore_headers') ?? around.ignoreHeaders,
    forceRanges: false,
    cache: NO_CACHE_SETTINGS,
    tls: NO_TLS_SETTINGS,
    nextUpstream: set('next_upstream') ?? around.nextUpstream,
    nextUpstreamTries: lines.count('next_upstream_tries', around.nextUpstreamTries),
    nextUpstreamTimeoutMs: lines.timeMs('next_upstream_timeout', around.nextUpstreamTimeoutMs),
    hideHeaders,
    passHeaders,
    ...(compileParams(lines, around, scope) ?? {
      params: around.params,
      replaced: around.replaced,
      namesHost: around.namesHost,
      headerRules: around.headerRules,
    }),
  }
}

/** One line in a block is enough to inherit none of the block around it (ngx_http_upstream_param_set_slot, …_init_params). */
function compileParams(
  lines: Lines,
  around: CgiSettings,
  scope: CompileScope,
): Pick<CgiSettings, 'params' | 'replaced' | 'namesHost' | 'headerRules'> | null {
  const directives = lines.all('param')
  const [first] = directives
  if (first === undefined) return null
  const params = directives.flatMap((directive) => compileParam(directive, scope))
  const headers = params.map(({ name }) => name).filter((name) => name.startsWith('HTTP_') && name !== 'HTTP_')
  const rules = new Map<string, HeaderRule>()
  for (const { name } of around.headerRules) rules.set(name, { ...ruleOf(first), name, drops: true })
  for (const { name, rule } of params) rules.set(lowerCase(name), { ...rule, name: lowerCase(name), drops: false })
  return {
    // `HTTP_X ""` only keeps the client's header back.
    params: params.filter(({ name, value }) => !headers.includes(name) || value.source !== ''),
    replaced: new Set(headers.map((name) => lowerCase(name.slice('HTTP_'.length)))),
    namesHost: params.some(({ name }) => lowerCase(name) === 'http_host'),
    headerRules: [...rules.values()],
  }
}

function compileParam(directive: Directive, scope: CompileScope): CgiParam[] {
  const [name, value, condition] = directive.args
  if (name === undefined || value === undefined) return []
  if (condition !== undefined && condition.text !== 'if_not_empty') {
    scope.error(condition.span, `invalid parameter "${condition.text}"`)
    return []
  }
  const skipsEmpty = condition !== undefined
  return [{ name: wireText(name.text), value: scope.template(value), skipsEmpty, rule: ruleOf(directive) }]
}

/** What `fastcgi_pass_header` does not let through (ngx_http_upstream_hide_headers_hash). */
function hiddenBy(
  always: readonly string[],
  hide: readonly string[] | null,
  pass: readonly string[] | null,
): ReadonlySet<string> {
  const hidden = new Set([...always, ...(hide ?? [])])
  for (const name of pass ?? []) hidden.delete(name)
  return hidden
}

function hideRules(lines: Lines): ReadonlyMap<string, Rule> | null {
  const directives = lines.all('hide_header')
  if (directives.length === 0) return null
  return new Map(directives.flatMap((line) => line.args.map(({ text }) => [lowerCase(text), ruleOf(line)] as const)))
}

function namesOf(lines: Lines, name: string): readonly string[] | null {
  return lines.words(name)?.map((text) => lowerCase(wireText(text))) ?? null
}

function unbuffered(lines: Lines, around: Rule | null): Rule | null {
  const rule = lines.rule('request_buffering')
  if (rule === null) return around
  return lines.flag('request_buffering', true) ? null : rule
}

function bufferSize(lines: Lines): CgiSettings['bufferSize'] | null {
  const bytes = lines.bytes('buffer_size')
  return bytes === null ? null : { bytes, rule: lines.rule('buffer_size') }
}
