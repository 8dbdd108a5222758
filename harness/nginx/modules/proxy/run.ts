import type { Bytes, RequestMessage } from '../../../chain/message.ts'
import type { NginxFact } from '../../../trace/reason.ts'
import type { Rule } from '../../../trace/trace.ts'
import { finalize, type Next } from '../../core/next.ts'
import { escapeUri } from '../../core/request/escape-uri.ts'
import { readBody } from '../../core/request/read-body.ts'
import { refuseRequest, refuseWhere } from '../../core/request/refuse-request.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import type { ProxyPass, StaticTarget, VariableTarget } from '../../core/site-config.ts'
import { type HashWalk, IpHashWalk, KeyHashWalk } from '../../core/upstreams/hash-walk.ts'
import { isUnixAddress, NO_PORT, parseUpstreamUrl, type UpstreamUrl } from '../../core/upstreams/parse-upstream-url.ts'
import type { LookUp } from '../../core/upstreams/resolver.ts'
import { type Balance, newPeer, PeerChoice, type UpstreamGroup } from '../../core/upstreams/upstream.ts'
import { sendToNextPeer } from '../../core/upstreams/upstream-exchange.ts'
import { upstreamTls } from '../../core/upstreams/upstream-tls.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import { hostAndPort } from './compile-pass.ts'
import { rewriteCookie } from './cookie.ts'
import { proxyHeaders } from './headers.ts'
import { rewriteRedirect } from './redirect.ts'

/** Where a request goes and how its target is made, once `proxy_pass` is evaluated. */
interface Target {
  readonly hostHeader: string
  readonly port: string
  readonly uri: string
  /** The location's name that `uri` replaces. */
  readonly location: string
  /** Whether the URI part came out of variables: then it is sent as it is. */
  readonly evaluated: boolean
  readonly group: UpstreamGroup | null
  /** How its name was looked up; null where that was not needed, or where there is no `resolver`. */
  readonly lookUp: LookUp | null
  readonly host: string
  readonly isTls: boolean
}

const ROUND_ROBIN = { kind: 'round-robin' } as const

/** Sends the request on as `proxy_pass` says (ngx_http_proxy_handler); null where the location has none. */
export function proxyPass(state: RequestState): Next | null {
  const { pass } = state.location
  if (pass === null) return state.proxies ? proxyNowhere(state) : null
  state.rule = pass.rule
  refuseWhere(state, 'proxied')
  const target = pass.target.kind === 'static' ? fromStatic(pass.target) : fromVariables(state, pass, pass.target)
  if (target?.group?.refused != null) refuseRequest(target.group.refused.rule, target.group.refused.because)
  if (target === null) return finalize(500)
  if (target.isTls) refuseWhere(state, 'tls')
  return readBody(state, (body) => sendBody(state, pass, target, body))
}

/** An `if` of the location has begun to proxy, and this one does not. */
function proxyNowhere(state: RequestState): Next {
  state.because({ kind: 'proxies-nowhere' }, state.rule.span)
  return finalize(500)
}

/** Makes the request to the upstream, and sends it to the first peer. */
function sendBody(state: RequestState, pass: ProxyPass, target: Target, body: Bytes): Next {
  const group = target.group ?? { name: target.host, balance: ROUND_ROBIN, refused: null, primary: [], backup: [] }
  state.upstream = {
    hostHeader: target.hostHeader,
    port: target.port,
    tls: target.isTls ? upstreamTls(state, group.name) : null,
    choice: new PeerChoice(
      group,
      state.location.settings.proxy.nextUpstreamTries,
      state.site.nowS,
      walkOf(state, group.balance),
    ),
    rewriteRedirect: (url) => rewriteRedirect(state, state.location.settings.proxy.redirects, url),
    rewriteCookie: (cookie) => rewriteCookie(state, cookie),
    peer: null,
    waitedMs: 0,
  }
  const requestTarget = targetOf(state, pass, target)
  if (requestTarget === '') {
    state.because({ kind: 'target-empty' }, pass.rule.span)
    return finalize(500)
  }
  const { settings } = state.location
  const method = settings.proxy.method === null ? state.method : evaluate(settings.proxy.method, state)
  const request: RequestMessage = {
    method,
    target: requestTarget,
    httpVersion: settings.proxy.httpVersion,
    headers: proxyHeaders(state, settings.proxy, target.hostHeader),
    body: settings.proxy.passRequestBody ? body : '',
  }
  const { upstream } = state
  const goOn = (): Next => {
    if (target.group === null) {
      noteUnresolved(state, target, pass.rule)
      return finalize(502)
    }
    state.upstreamTries.push([])
    return sendToNextPeer(state, upstream, request)
  }
  const delayMs = target.lookUp?.waitedMs ?? 0
  return delayMs === 0 ? goOn() : { kind: 'wait', delayMs, resume: goOn }
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
    ...groupOf(state, parsed, isTls ? 443 : 80, rule),
    host: parsed.host,
    isTls,
  }
}

/** The upstream block of that name, the literal address, or what the resolver finds. */
function groupOf(
  state: RequestState,
  { host, port, address }: UpstreamUrl,
  defaultPort: number,
  rule: ProxyPass['rule'],
): Pick<Target, 'group' | 'lookUp'> {
  const portOfPeer = isUnixAddress(address) ? NO_PORT : Number(port ?? defaultPort)
  const asked = isUnixAddress(address) ? NO_PORT : port === null ? null : Number(port)
  const known = state.site.upstreams.find(host, asked, defaultPort)
  if (known !== null) return { group: known, lookUp: null }
  const { resolver, resolverTimeoutMs } = state.location.settings
  const lookUp = address === null ? (resolver?.lookUp(host, resolverTimeoutMs, state.site) ?? null) : null
  const addresses = address === null ? (lookUp?.addresses ?? []) : [address]
  if (addresses.length === 0) return { group: null, lookUp }
  const peer = { host, port: portOfPeer, weight: 1, maxFails: 1, failTimeoutS: 10, down: false, rule }
  const primary = addresses.map((found) => newPeer({ ...peer, address: found }))
  return { group: { name: host, balance: ROUND_ROBIN, refused: null, primary, backup: [] }, lookUp }
}

/** Says why a name has no address, in nginx's words (ngx_http_upstream_resolve_handler). */
function noteUnresolved(state: RequestState, { host, lookUp }: Target, rule: Rule): void {
  const resolver = state.location.settings.resolver?.text ?? ''
  if (lookUp === null) state.because({ kind: 'no-resolver', host }, rule.span)
  else state.because({ kind: 'unresolved', host, isSilent: lookUp.addresses === null, resolver }, rule.span)
}

/** The walk of this request's key through the peers. An empty key has none (ngx_http_upstream_init_hash_peer). */
function walkOf(state: RequestState, balance: Balance): HashWalk | null {
  if (balance.kind === 'round-robin') return null
  if (balance.kind === 'ip-hash') return new IpHashWalk(state.client.address)
  const key = evaluate(balance.key, state)
  return key === '' ? null : new KeyHashWalk(key)
}
