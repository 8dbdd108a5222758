import { GATEWAY_SERVICE } from '../../chain/chain.ts'
import { OUTSIDE } from '../../chain/outside.ts'
import { frozen } from '../../trace/frozen.ts'
import type { Exchange, Trace } from '../../trace/trace.ts'
import { backendExchange } from '../backend-exchange.ts'
import { hopsFromGateway, hopsFromNginx, type Witnessed } from '../hops-behind.ts'
import type { Evidence, InForce } from './evidence.ts'
import { observedNginx } from './nginx-exchange.ts'
import type { Observation } from './observation.ts'
import { readDebugLog } from './read-debug-log.ts'

/** The trace of one request from what real programs wrote down of it, with every hop that was reached. */
export function observedTrace(evidence: Evidence, inForce: InForce): Trace {
  const { requestId, request, response, elapsedMs } = evidence
  return frozen({ requestId, request, response, elapsedMs, exchanges: hopsOf(evidence, inForce) })
}

function hopsOf(evidence: Evidence, inForce: InForce): Exchange[] {
  const { via, request, response, backends, gatewayLog } = evidence
  const { routes, isOwnGateway, lineAt, destination } = inForce
  const witnessed: Witnessed = { gatewayLog, records: backends, routes, isOwnGateway, lineAt, destination }
  if (via === 'gateway' || via === GATEWAY_SERVICE) return hopsFromGateway(request, response, witnessed)
  if (via !== 'nginx') return backends.slice(-1).map((record) => backendExchange(record, null))
  const seen = readDebugLog(evidence.nginxLog.replaceAll(OUTSIDE, ''), request) ?? (response === null ? null : UNLOGGED)
  return seen === null ? [] : hopsFromNginx(observedNginx(evidence, inForce, seen), witnessed)
}

/** An answer of which the log knows nothing: it was taken away, or is another one's. */
const UNLOGGED: Observation = {
  client: null,
  server: null,
  passes: [{ location: null, subrequest: null, tries: [] }],
  passedOn: false,
  notes: null,
  missingFile: null,
  serverName: null,
}
