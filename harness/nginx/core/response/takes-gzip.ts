import type { Rule } from '../../../trace/trace.ts'
import type { Regex } from '../../pattern/regex.ts'
import type { Block } from '../../syntax/block.ts'
import { type Module, ModuleSettings } from '../module.ts'
import { refuseRequest } from '../request/refuse-request.ts'
import { regexMatch } from '../request/regex-match.ts'
import type { RequestState } from '../request/request-state.ts'
import { type CompileScope, ruleOf } from '../scope.ts'
import { Slot } from '../slot.ts'
import { parseHttpTime } from './http-time.ts'
import { headerOf } from './response-head.ts'

/** Which clients get compressed answers: `gzip_http_version`, `gzip_proxied`, `gzip_disable`; and `gzip_vary`. */
interface GzipClients {
  readonly vary: boolean
  readonly httpVersion: '1.0' | '1.1'
  /** Which answers are compressed for a request that came through a proxy. */
  readonly proxied: ReadonlySet<string>
  /** Patterns of `gzip_disable`, for User-Agent. */
  readonly disable: readonly { readonly pattern: Regex; readonly rule: Rule }[]
  /** Whether `gzip_disable` has `msie6`. */
  readonly disableMsie6: boolean
}

const gzipClients = new ModuleSettings<GzipClients>(
  { vary: false, httpVersion: '1.1', proxied: new Set(['off']), disable: [], disableMsie6: false },
  compileClients,
)

/** What the core says of gzip, for the modules that compress, unpack, or serve compressed files. */
export const GZIP_CLIENTS: Module = { module: 'ngx_http_core_module', rows: {}, settings: gzipClients }

function compileClients(block: Block, around: GzipClients, scope: CompileScope): GzipClients {
  const proxied = block.all('gzip_proxied').flatMap(({ args }) => args.map(({ text }) => text.toLowerCase()))
  const disable = block.all('gzip_disable')
  const isMsie6 = ({ text }: { readonly text: string }): boolean => text === 'msie6'
  const httpVersion = block.word('gzip_http_version')?.text
  const patterns = disable.flatMap((directive) =>
    directive.args
      .filter((word) => !isMsie6(word))
      .flatMap(({ text, span }) => {
        const pattern = scope.regex(text, true, span)
        return pattern === null ? [] : [{ pattern, rule: ruleOf(directive) }]
      }),
  )
  return {
    vary: block.flag('gzip_vary', around.vary),
    httpVersion: httpVersion === '1.0' || httpVersion === '1.1' ? httpVersion : around.httpVersion,
    proxied: proxied.length === 0 ? around.proxied : new Set(proxied),
    disable: disable.length === 0 ? around.disable : patterns,
    disableMsie6: disable.some(({ args }) => args.some(isMsie6)) || around.disableMsie6,
  }
}

/** Whether the answer says that it varies by Accept-Encoding, where it does. */
export function saysVary({ location: { settings } }: RequestState): boolean {
  return gzipClients.of(settings).vary
}

/** nginx asks once a request (`r->gzip_tested`). */
const tested = new Slot<RequestState, boolean | null>(null)

/** Whether the client takes gzip, and may get it (ngx_http_gzip_ok). */
export function takesGzip(state: RequestState): boolean {
  const known = tested.of(state)
  if (known !== null) return known
  const takes = test(state)
  tested.keep(state, takes)
  return takes
}

function test(state: RequestState): boolean {
  if (state.parent !== null) return false
  const { httpVersion, disable, disableMsie6 } = gzipClients.of(state.location.settings)
  const accepted = state.header('accept-encoding')
  if (accepted === undefined || accepted.length < 4) return false
  if (!accepted.startsWith('gzip,') && !acceptsGzip(accepted)) return false
  const agent = state.header('user-agent')
  if (agent !== undefined && disableMsie6 && isMsie6(agent)) return false
  if (httpVersion === '1.1' && state.input.request.httpVersion === '1.0') return false
  if (state.header('via') !== undefined && !proxiedTakes(state)) return false
  return agent === undefined || !disable.some(({ pattern, rule }) => regexMatch(pattern, agent, rule) !== null)
}

const DIRECTIVES_OF_CACHES = ['no-cache', 'no-store', 'private'] as const

/** `gzip_proxied`, by what the answer's head has so far. */
function proxiedTakes(state: RequestState): boolean {
  const { head, site } = state
  const { proxied } = gzipClients.of(state.location.settings)
  if (proxied.has('off')) return false
  if (proxied.has('any')) return true
  if (state.header('authorization') !== undefined && proxied.has('auth')) return true
  const expires = headerOf(head, 'expires')
  if (expires !== null) {
    if (!proxied.has('expired')) return false
    const date = head.ownDate ? headerOf(head, 'date') : null
    const expiresS = timeOf(state, expires)
    const dateS = date === null ? site.dateS() : timeOf(state, date)
    return expiresS !== null && dateS !== null && expiresS < dateS
  }
  const cacheControl = head.headers.filter(({ name }) => name.toLowerCase() === 'cache-control')
  if (cacheControl.length > 0) {
    const said = cacheControl.map(({ value }) => value)
    return DIRECTIVES_OF_CACHES.some(
      (name) => proxied.has(name) && said.some((value) => hasDirective(state, value, name)),
    )
  }
  if (proxied.has('no_last_modified') && headerOf(head, 'last-modified') !== null) return false
  return !(proxied.has('no_etag') && headerOf(head, 'etag') !== null)
}

/** Null for what is no time. nginx reads older forms of dates too. */
function timeOf(state: RequestState, text: string): number | null {
  if (!/\d\d:\d\d/.test(text)) return null
  return parseHttpTime(text) ?? refuseRequest(state.rule, `the date "${text}" of the answer is not modelled`)
}

/** ngx_http_parse_multi_header_lines, for a name without a value. Whether `;` ends one, too, depends on the version. */
function hasDirective(state: RequestState, value: string, name: string): boolean {
  if (value.includes(';')) refuseRequest(state.rule, `gzip_proxied with "Cache-Control: ${value}" is not modelled`)
  return value.split(',').some((part) => part.trim().toLowerCase() === name)
}

/** Internet Explorer 4 to 6 without its service pack 2 (ngx_http_process_user_agent). */
function isMsie6(agent: string): boolean {
  const at = agent.indexOf('MSIE ')
  if (at === -1 || at + 7 >= agent.length || agent[at + 6] !== '.' || agent.includes('Opera')) return false
  const version = agent[at + 5]
  return version === '4' || version === '5' || (version === '6' && !agent.includes('SV1', at + 8))
}

/** ngx_http_gzip_accept_encoding: `gzip` with a weight that is not 0. */
function acceptsGzip(accepted: string): boolean {
  const [, rest] = /(?:^|[, ])gzip([\s\S]*)$/i.exec(accepted) ?? []
  if (rest === undefined) return false
  if (/^ *(?:,|$)/.test(rest)) return true
  const [, afterSemicolon] = /^ *;([\s\S]*)$/.exec(rest) ?? []
  if (afterSemicolon === undefined) return false
  if (/^ *$/.test(afterSemicolon)) return true
  const [, weight] = /^ *q=([01](?:\.[0-9]{0,3})?)(?:[, ]|$)/i.exec(afterSemicolon) ?? []
  return weight !== undefined && Number(weight) > 0 && Number(weight) <= 1
}
