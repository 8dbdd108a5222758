import { GATEWAY_SERVICE } from '../../chain/chain.ts'
import type { Exchange, Trace } from '../../chain/trace.ts'
import { backendHop } from '../backend-exchange.ts'
import type { Evidence, InForce } from './evidence.ts'
import { gatewayHops } from './hops-behind.ts'
import { type ObservedNginx, observedNginx } from './nginx-exchange.ts'
import { hasArrived } from './nginx-forwards.ts'
import type { Observation } from './observation.ts'
import { readDebugLog } from './read-debug-log.ts'

/**
 * The trace of one request from what real programs wrote down of it. Only hops that were reached are in it, and behind
 * nginx only those that its last try came to: that one gave the answer.
 */
export function observedTrace(evidence: Evidence, inForce: InForce): Trace {
  const { requestId, request, response, elapsedMs } = evidence
  return { requestId, request, response, elapsedMs, exchanges: hopsOf(evidence, inForce) }
}

function hopsOf(evidence: Evidence, inForce: InForce): Exchange[] {
  const { via, request, response, backends } = evidence
  if (via === 'gateway' || via === GATEWAY_SERVICE) {
    return gatewayHops(request, response, backends, false, evidence, inForce)
  }
  if (via !== 'nginx') return backendHop(backends.at(-1) ?? null)
  const seen = readDebugLog(evidence.nginxLog, request) ?? (response === null ? null : UNLOGGED)
  if (seen === null) return []
  const nginx = observedNginx(evidence, inForce, seen)
  return [nginx.exchange, ...hopsBehind(nginx, evidence, inForce)]
}

/** An answer of which the log knows nothing: it was taken away, or is another one's. */
const UNLOGGED: Observation = {
  client: null,
  server: null,
  location: null,
  tries: [],
  passedOn: false,
  notes: ['it says nothing of this request'],
  serverName: null,
}

/** The hops that nginx's last try came to. */
function hopsBehind({ exchange, record, others }: ObservedNginx, evidence: Evidence, inForce: InForce): Exchange[] {
  const last = exchange.forwards.at(-1)
  if (last === undefined || last.to.service === null || !hasArrived(last.outcome)) return []
  if (last.to.service !== GATEWAY_SERVICE) return backendHop(record)
  return gatewayHops(last.request, last.response, others, true, evidence, inForce)
}
