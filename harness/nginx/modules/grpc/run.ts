import type { Bytes, Header, RequestMessage } from '../../../chain/message.ts'
import { finalize, type Next } from '../../core/next.ts'
import { escapeUri } from '../../core/request/escape-uri.ts'
import { readBody } from '../../core/request/read-body.ts'
import { refuseRequest, refuseWhere } from '../../core/request/refuse-request.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import type { GrpcPass } from '../../core/site-config.ts'
import type { UpstreamHeaders } from '../../core/upstreams/header-lines.ts'
import { parseUpstreamUrl } from '../../core/upstreams/parse-upstream-url.ts'
import { upstreamHeaders } from '../../core/upstreams/set-headers.ts'
import { PeerChoice } from '../../core/upstreams/upstream.ts'
import { sendToNextPeer } from '../../core/upstreams/upstream-exchange.ts'
import {
  emptyGroup,
  type FoundGroup,
  groupOfRequest,
  noteUnresolved,
  walkOf,
} from '../../core/upstreams/upstream-group.ts'
import { plainUpstream } from '../../core/upstreams/upstream-state.ts'
import { upstreamTls } from '../../core/upstreams/upstream-tls.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import { lowerCase } from '../../syntax/wire.ts'
import { grpc } from './compile.ts'
import { authorityOf, isGrpcs, SCHEME } from './compile-pass.ts'

/** Where a request goes, once `grpc_pass` is evaluated. */
interface Target extends FoundGroup {
  readonly host: string
  readonly authority: string
  readonly isTls: boolean
}

/** Sends the request on as `grpc_pass` says (ngx_http_grpc_handler); null where the location has none. */
export function passToGrpc(state: RequestState): Next | null {
  const { pass } = state.location
  if (pass === null || pass.protocol !== 'grpc') return null
  state.rule = pass.rule
  refuseWhere(state, 'grpc')
  const target = targetOf(state, pass)
  if (target?.group?.refused != null) refuseRequest(target.group.refused.rule, target.group.refused.because)
  if (target === null) return finalize(500)
  if (target.isTls) refuseWhere(state, 'tls')
  const send = (body: Bytes): Next => sendBody(state, pass, target, body)
  // A body is never waited for (`request_body_no_buffering`).
  return readBody(state, send, { rule: pass.rule, keepsChunks: true })
}

/** Makes the request to the upstream, and sends it to the first peer (ngx_http_grpc_create_request). */
function sendBody(state: RequestState, { rule }: GrpcPass, target: Target, body: Bytes): Next {
  const settings = grpc.of(state.location.settings)
  const group = target.group ?? emptyGroup(target.host)
  state.upstream = plainUpstream({
    protocol: 'grpc',
    settings,
    tls: target.isTls ? upstreamTls(state, settings.tls, group.name) : null,
    choice: new PeerChoice(group, settings.nextUpstreamTries, state.site.nowS, walkOf(state, group.balance)),
  })
  const request: RequestMessage = {
    method: state.method,
    target: pathOf(state),
    httpVersion: '2.0',
    headers: settings.headers === null ? [] : headersOf(state, settings.headers, target.authority),
    body,
  }
  const goOn = (): Next => {
    if (target.group === null || state.upstream === null) {
      noteUnresolved(state, target.host, target.lookUp, rule)
      return finalize(502)
    }
    state.upstreamTries.push([])
    return sendToNextPeer(state, state.upstream, request)
  }
  const delayMs = target.lookUp?.waitedMs ?? 0
  return delayMs === 0 ? goOn() : { kind: 'wait', delayMs, resume: goOn }
}

/** As the client sent it, unless it was rewritten. */
function pathOf(state: RequestState): string {
  if (state.validUnparsedUri) return state.unparsedUri
  const path = escapeUri(state.uri, state.site.rules)
  return state.args === '' ? path : `${path}?${state.args}`
}

/** Names are small in HTTP/2, and the authority comes first. */
function headersOf(state: RequestState, headers: UpstreamHeaders, authority: string): Header[] {
  const lines = upstreamHeaders(state, headers, true).map(([name, value]): Header => [lowerCase(name), value])
  const { host } = headers
  if (state.site.rules.hostAlwaysSent)
    return [['host', (host === null ? '' : evaluate(host, state)) || authority], ...lines]
  const setsHost = grpc.of(state.location.settings).setHeaders?.some(({ name }) => lowerCase(name) === 'host') ?? false
  return setsHost ? lines : [['host', authority], ...lines]
}

/** `$grpc_internal_trailers`: whether the client takes trailers (ngx_http_grpc_internal_trailers_variable). */
export function internalTrailers(state: RequestState): string | null {
  return /trailers/i.test(state.header('te') ?? '') ? 'trailers' : null
}

/** Evaluates `grpc_pass` (ngx_http_grpc_eval); null where its value is no address. */
function targetOf(state: RequestState, { rule, target }: GrpcPass): Target | null {
  if (target.kind === 'static') return { ...target, lookUp: null }
  const url = evaluate(target.url, state)
  const parsed = parseUpstreamUrl(url.replace(SCHEME, ''))
  const found = 'error' in parsed ? null : parsed
  const isKnown = found !== null && state.site.upstreams.block(found.host) !== null
  if (found === null || (found.port === null && found.address?.startsWith('unix:') !== true && !isKnown)) {
    state.because({ kind: 'no-pass-address', address: url }, rule.span)
    return null
  }
  state.because({ kind: 'pass-address', address: url }, rule.span)
  return {
    host: found.host,
    authority: authorityOf(found),
    isTls: isGrpcs(url),
    ...groupOfRequest(state, found, 0, rule),
  }
}
