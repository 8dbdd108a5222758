import type { Bytes, RequestMessage } from '../../../chain/message.ts'
import type { NginxFact } from '../../../trace/reason.ts'
import type { Rule } from '../../../trace/trace.ts'
import { finalize, type Next } from '../../core/next.ts'
import { escapeUri } from '../../core/request/escape-uri.ts'
import { readBody } from '../../core/request/read-body.ts'
import { refuseRequest, refuseWhere } from '../../core/request/refuse-request.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import type { ProxyPass, StaticTarget, VariableTarget } from '../../core/site-config.ts'
import { parseUpstreamUrl } from '../../core/upstreams/parse-upstream-url.ts'
import { PeerChoice } from '../../core/upstreams/upstream.ts'
import { askCache, endUpstream } from '../../core/upstreams/upstream-cache.ts'
import { sendToNextPeer } from '../../core/upstreams/upstream-exchange.ts'
import {
  emptyGroup,
  type FoundGroup,
  groupOfRequest,
  noteUnresolved,
  walkOf,
} from '../../core/upstreams/upstream-group.ts'
import { passEntry } from '../../core/upstreams/upstream-response.ts'
import { upstreamTls } from '../../core/upstreams/upstream-tls.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import { hostAndPort } from './compile-pass.ts'
import { rewriteCookie } from './cookie.ts'
import { proxyHeaders } from './headers.ts'
import { rewriteRedirect } from './redirect.ts'

/** Where a request goes and how its target is made, once `proxy_pass` is evaluated. */
interface Target extends FoundGroup {
  readonly hostHeader: string
  readonly port: string
  readonly uri: string
  /** The location's name that `uri` replaces. */
  readonly location: string
  /** Whether the URI part came out of variables: then it is sent as it is. */
  readonly evaluated: boolean
  readonly host: string
  readonly isTls: boolean
}

/** Sends the request on as `proxy_pass` says (ngx_http_proxy_handler); null where the location has none. */
export function proxyPass(state: RequestState): Next | null {
  const { pass } = state.location
  if (pass === null) return state.proxies ? proxyNowhere(state) : null
  if (pass.protocol !== 'http') return null
  state.rule = pass.rule
  refuseWhere(state, 'proxied')
  const target = pass.target.kind === 'static' ? fromStatic(pass.target) : fromVariables(state, pass, pass.target)
  if (target?.group?.refused != null) refuseRequest(target.group.refused.rule, target.group.refused.because)
  if (target === null) return finalize(500)
  if (target.isTls) refuseWhere(state, 'tls')
  const { unbuffered: rule, httpVersion, setBody } = state.location.settings.proxy
  const unbuffered = rule === null || setBody !== null ? null : { rule, keepsChunks: httpVersion === '1.1' }
  return readBody(state, (body) => sendBody(state, pass, target, body), unbuffered)
}

/** An `if` of the location has begun to proxy, and this one does not. */
function proxyNowhere(state: RequestState): Next {
  state.because({ kind: 'proxies-nowhere' }, state.rule.span)
  return finalize(500)
}

/** Makes the request to the upstream, and sends it to the first peer. */
function sendBody(state: RequestState, pass: ProxyPass, target: Target, body: Bytes): Next {
  const group = target.group ?? emptyGroup(target.host)
  const { proxy } = state.location.settings
  const { redirects } = proxy
  state.upstream = {
    protocol: 'http',
    settings: proxy,
    hostHeader: target.hostHeader,
    port: target.port,
    tls: target.isTls ? upstreamTls(state, proxy.tls, group.name) : null,
    choice: new PeerChoice(group, proxy.nextUpstreamTries, state.site.nowS, walkOf(state, group.balance)),
    rewriteRedirect: redirects === null ? null : (url) => rewriteRedirect(state, redirects, url),
    rewriteCookie: (cookie) => rewriteCookie(state, cookie),
    setBody: proxy.setBody === null ? null : evaluate(proxy.setBody, state),
    cache: null,
    asksByGet: false,
    isCut: false,
    peer: null,
    waitedMs: 0,
  }
  const { upstream } = state
  let made: string | null = null
  const madeTarget = (): string => {
    made ??= targetOf(state, pass, target)
    return made
  }
  const found = askCache(state, upstream, () => keyStart(target) + madeTarget())
  if (typeof found === 'number') return endUpstream(state, upstream, found)
  if (found !== null) return passEntry(state, upstream, found)
  const requestTarget = madeTarget()
  if (requestTarget === '') {
    state.because({ kind: 'target-empty' }, pass.rule.span)
    return finalize(500)
  }
  const byMethod = proxy.method === null ? state.method : evaluate(proxy.method, state)
  const method = upstream.asksByGet ? 'GET' : byMethod
  const request: RequestMessage = {
    method,
    target: requestTarget,
    httpVersion: proxy.httpVersion,
    headers: proxyHeaders(state, proxy, target.hostHeader),
    body: upstream.setBody ?? (proxy.passRequestBody ? body : ''),
  }
  const goOn = (): Next => {
    if (target.group === null) {
      noteUnresolved(state, target.host, target.lookUp, pass.rule)
      return endUpstream(state, upstream, 502)
    }
    state.upstreamTries.push([])
    return sendToNextPeer(state, upstream, request)
  }
  const delayMs = target.lookUp?.waitedMs ?? 0
  return delayMs === 0 ? goOn() : { kind: 'wait', delayMs, resume: goOn }
}

/** What nginx's own key begins with: where the request is sent to (ngx_http_proxy_set_vars). */
function keyStart({ isTls, host, hostHeader }: Target): string {
  return `${isTls ? 'https' : 'http'}://${host.startsWith('unix:') ? `${host}:` : hostHeader}`
}

/** The target that the upstream gets (ngx_http_proxy_create_request). */
function targetOf(state: RequestState, pass: ProxyPass, { uri, location, evaluated }: Target): string {
  const { rule } = pass
  if (evaluated && uri !== '') {
    state.targetRule = formedBy(state, pass, uri)
    state.because({ kind: 'target-from-variables', part: uri }, rule.span)
    return uri
  }
  if (uri === '' && state.validUnparsedUri) {
    state.because({ kind: 'target-as-sent' }, rule.span)
    return state.unparsedUri
  }
  const replaced = state.validLocation && uri !== '' ? location : ''
  if (replaced !== '' && replaced !== uri) state.targetRule = rule
  const rest = state.uri.slice(replaced.length)
  const escaped = state.quotedUri || state.internal ? escapeUri(rest, state.site.rules) : rest
  const path = (state.validLocation ? uri : '') + escaped
  state.because(targetFact(state.uri, uri, replaced), rule.span)
  return state.args === '' ? path : `${path}?${state.args}`
}

/** Variables that hold what a `rewrite` made of the target. */
const REWRITTEN: ReadonlySet<string> = new Set(['uri', 'document_uri', 'args', 'query_string'])

/** The line that gave `proxy_pass` with variables its URI part: a `set` whose value stands in it, a `rewrite`, or itself. */
function formedBy(state: RequestState, { rule, target }: ProxyPass, uri: string): Rule {
  const parts = target.kind === 'variable' ? target.url.parts : []
  const slots = parts.flatMap((part) => (part.kind === 'variable' ? [part.slot] : []))
  const setSlot = slots.findLast((slot) => state.setBy.has(slot) && overlaps(state.variable(slot) ?? '', uri))
  const set = setSlot === undefined ? undefined : state.setBy.get(setSlot)
  if (set !== undefined) {
    state.because({ kind: 'target-by-set', line: set.text }, set.span)
    return set
  }
  const holdsRewritten = slots.some((slot) => REWRITTEN.has(state.site.variables.at(slot).name))
  return (holdsRewritten ? state.targetRule : null) ?? rule
}

function overlaps(value: string, uri: string): boolean {
  return value !== '' && (uri.includes(value) || value.endsWith(uri))
}

function targetFact(uri: string, part: string, prefix: string): NginxFact {
  if (part === '') return { kind: 'target-rewritten', uri }
  return prefix === '' ? { kind: 'target-after-break', part } : { kind: 'prefix-replaced', part, prefix }
}

function fromStatic(target: StaticTarget): Target {
  return { ...target, evaluated: false, lookUp: null }
}

/** Evaluates `proxy_pass` (ngx_http_proxy_eval); null where its value is no URL. */
function fromVariables(state: RequestState, { rule }: ProxyPass, target: VariableTarget): Target | null {
  const url = evaluate(target.url, state)
  const [, scheme = '', rest = ''] = /^(https?:\/\/)([\s\S]+)$/i.exec(url) ?? []
  const isTls = scheme.toLowerCase() === 'https://'
  const parsed = parseUpstreamUrl(rest)
  if (scheme === '' || 'error' in parsed) {
    state.because({ kind: 'no-proxy-url', url }, rule.span)
    return null
  }
  state.because({ kind: 'proxy-url', url }, rule.span)
  return {
    ...hostAndPort(parsed, isTls ? 443 : 80),
    uri: parsed.uri.startsWith('?') ? `/${parsed.uri}` : parsed.uri,
    location: '',
    evaluated: true,
    ...groupOfRequest(state, parsed, isTls ? 443 : 80, rule),
    host: parsed.host,
    isTls,
  }
}
