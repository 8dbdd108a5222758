import { isIPv4 } from 'node:net'
import type { TlsFault } from '../../../trace/outcome.ts'
import type { Rule } from '../../../trace/trace.ts'
import type { UpstreamOutcome, UpstreamTls } from '../../site.ts'
import { refuseRequest } from '../request/refuse-request.ts'
import type { RequestState } from '../request/request-state.ts'
import { evaluate } from '../variables/evaluate.ts'
import type { Peer } from './upstream.ts'
import type { UpstreamState } from './upstream-state.ts'
import type { UpstreamTlsSettings } from './upstream-tls-settings.ts'

/** What nginx asks of an upstream's TLS (ngx_http_upstream_ssl_init_connection). @param host of `proxy_pass`: an upstream block's name, where it names one */
export function upstreamTls(state: RequestState, settings: UpstreamTlsSettings, host: string): UpstreamTls {
  const { sendsName, name, verifies, trusted, unsure } = settings
  if (unsure !== null) {
    refuseRequest(unsure, `${unsure.text} may keep TLS from coming about, which hangs on the libraries: not modelled`)
  }
  if (!sendsName && !verifies) return { serverName: null, verify: null }
  const called = withoutPort(name === null ? host : evaluate(name, state))
  // RFC 6066: no addresses.
  const isName = called !== '' && !called.startsWith('[') && !isIPv4(called)
  return {
    serverName: sendsName && isName ? called : null,
    verify: verifies ? { name: called, trusted: trusted ?? '' } : null,
  }
}

/** ngx_http_upstream_ssl_name: a name may come out of $proxy_host, with its port. */
function withoutPort(name: string): string {
  const bracket = name.startsWith('[') ? Math.max(name.indexOf(']'), 0) : 0
  const colon = name.indexOf(':', bracket)
  return colon === -1 ? name : name.slice(0, colon)
}

/**
 * A TLS session keeps what was found of the certificate when it was made, and nginx keeps it for the upstream, whichever location
 * asks: one that verifies may so get the findings of one that trusts others (ngx_http_upstream_set_round_robin_peer_session).
 */
export function refuseSessionOfOther(
  state: RequestState,
  { tls, settings }: UpstreamState,
  { tlsSession }: Peer,
): void {
  const { reusesSessions, trustedRule } = settings.tls
  if (tlsSession === null || tls === null || tls.verify === null || !reusesSessions) return
  if (tlsSession.verify?.trusted === tls.verify.trusted) return
  const because =
    'a location that trusts other certificates has asked this upstream before, and nginx reuses its TLS session'
  refuseRequest(trustedRule ?? state.rule, `${because}: not modelled. proxy_ssl_session_reuse off keeps them apart`)
}

/** Keeps the session of a handshake. @throws {RefusedRequestError} it failed, and the session of before may have kept it from that */
export function keepSession(
  state: RequestState,
  { tls, settings }: UpstreamState,
  peer: Peer,
  outcome: UpstreamOutcome,
): void {
  const { reusesSessions } = settings.tls
  if (tls === null || !reusesSessions || outcome.kind === 'refused' || outcome.kind === 'connect-timeout') return
  const { tlsSession } = peer
  if (outcome.kind !== 'tls-failed' || outcome.fault.kind === 'unverified' || outcome.fault.kind === 'other-name') {
    peer.tlsSession ??= tls
  } else if (tlsSession !== null && tlsSession.serverName !== tls.serverName) {
    refuseRequest(state.rule, 'the TLS session of another server name may be reused for this upstream: not modelled')
  }
}

/** The line that a failed handshake is decided by; null where it is `proxy_pass`. */
export function ruleOfFault(fault: TlsFault, settings: UpstreamTlsSettings): Rule | null {
  switch (fault.kind) {
    case 'unverified':
      return settings.trustedRule
    case 'other-name':
      return settings.nameRule
    case 'alert':
      return settings.sendsName ? settings.nameRule : settings.sendsNameRule
    default:
      return null
  }
}
