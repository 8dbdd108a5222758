import type { HeadFault } from '../../trace/reason.ts'
import type { NginxRequest, NginxStep } from '../site.ts'
import type { Phases } from './module.ts'
import { finalize, SERVER_REWRITE } from './next.ts'
import { proceed } from './phases.ts'
import { HeadSize } from './request/head-size.ts'
import { wantsKeepAlive } from './request/keep-alive.ts'
import { normaliseUri } from './request/normalise-uri.ts'
import { readTarget } from './request/read-target.ts'
import { refuseRequest } from './request/refuse-request.ts'
import { readHeaders, takeHost, takeRequestLine, takeServerName } from './request/request-headers.ts'
import { RequestState, type SiteContext } from './request/request-state.ts'
import { validateHost } from './request/validate-host.ts'
import type { Listeners } from './servers/listeners.ts'
import type { VirtualServers } from './servers/match-server.ts'

/**
 * Decides what nginx does with a request, up to the first try at an upstream.
 * @throws {Error} nothing listens at the address and port of the request: ask {@link Site.takes} first
 */
export function decide(request: NginxRequest, listeners: Listeners, site: SiteContext, phases: Phases): NginxStep {
  const { address, port } = request.server
  const servers = listeners.at(address, port)
  if (servers === null) throw new Error(`nothing listens on ${address}:${port}`)
  // Nobody waits for the header of the PROXY protocol: it stands where a request line should.
  const isHeaderTheLine = (request.proxied ?? null) !== null && !servers.proxyProtocol
  const taken = isHeaderTheLine ? { ...request, proxied: null } : request
  const state = new RequestState(listeners.isMapped(address, port) ? mapped(taken) : taken, servers.default, site)
  takeServerName(state, servers)
  const code = isHeaderTheLine ? refuse(state, 'request-line', '') : readRequest(state, servers)
  if (code !== null) return proceed(state, finalize(code), phases)
  state.keepAlive = wantsKeepAlive(state)
  for (const handler of phases.postRead) handler(state)
  return proceed(state, SERVER_REWRITE, phases)
}

function mapped(request: NginxRequest): NginxRequest {
  const { client, server } = request
  const inIPv6 = ({ address, port }: NginxRequest['server']) => ({ address: `::ffff:${address}`, port })
  return { ...request, client: inIPv6(client), server: inIPv6(server) }
}

/** Reads the request line and the headers. Gives the code that nginx answers with, null where it goes on. */
function readRequest(state: RequestState, servers: VirtualServers): number | null {
  const { method, target } = state.input.request
  const { rules } = state.site
  if (!rules.strictHeads) refuseLooseHead(state)
  const read = readTarget(method, target, rules)
  if (read === null) return refuse(state, 'request-line', '')
  if (state.input.request.httpVersion === '2.0') refuseOddHttp2(state)
  const size = new HeadSize(state.server.headerBuffers.first)
  // nginx reads the URI when it has the whole line: until then there is none.
  if (!takeRequestLine(state, size)) return 414
  const uri = normaliseUri(read, state.server.mergeSlashes)
  if (uri === null) return refuse(state, 'target', target)
  state.uri = uri.uri
  state.args = uri.args
  state.quotedUri = uri.quoted
  state.plusInUri = uri.plus
  state.unparsedUri = read.unparsed
  state.validUnparsedUri = !read.emptyPath
  if (read.host !== null) {
    const host = validateHost(read.host, rules)
    if (host === null) return refuse(state, 'host', read.host)
    const code = takeHost(state, host, servers)
    if (code !== null) return code
    state.port = read.port
  }
  const code = readHeaders(state, servers, size)
  if (code !== null) return code
  if (state.input.tls !== undefined) return checkClientCertificate(state)
  if (!servers.tls) return null
  state.because({ kind: 'https-port' }, state.server.rule.span)
  return 497
}

/** Bytes of a head that HTTP/2 takes in any case (http2_max_field_size, large_client_header_buffers). */
const HTTP2_HEAD_BYTES = 3_000

/** What nginx makes otherwise of a head of HTTP/2. */
function refuseOddHttp2(state: RequestState): void {
  const { target, headers } = state.input.request
  const lengths = headers.map(([name, value]) => name.length + value.length)
  if (!target.startsWith('/')) refuseRequest(state.rule, 'a target of HTTP/2 that is no path is not modelled')
  if (lengths.reduce((sum, length) => sum + length, target.length) > HTTP2_HEAD_BYTES)
    refuseRequest(state.rule, 'a long head of HTTP/2 is not modelled')
}

/** Our clients have no certificate (ngx_http_process_request). */
function checkClientCertificate(state: RequestState): 496 | null {
  const { clientCertificate } = state.server
  if (clientCertificate?.wanted !== 'always') return null
  const { rule } = clientCertificate
  state.because({ kind: 'certificate-wanted', line: rule.text }, rule.span)
  state.rule = rule
  return 496
}

/** Spaces and control characters. */
const LOOSE = /[\0- \x7f]/

/** Before they were refused, nginx took some of them, each in its way. */
function refuseLooseHead(state: RequestState): void {
  const { target, headers } = state.input.request
  const isLoose =
    LOOSE.test(target) ||
    headers.some(([name, value]) => LOOSE.test(name) || (/^host$/i.test(name) && LOOSE.test(value)))
  if (isLoose) {
    const { version } = state.site.rules
    refuseRequest(state.rule, `what nginx ${version} makes of spaces and control characters in a head is not modelled`)
  }
}

function refuse(state: RequestState, fault: HeadFault, value: string): number {
  state.because({ kind: 'head-refused', status: 400, fault, value }, null)
  return 400
}
