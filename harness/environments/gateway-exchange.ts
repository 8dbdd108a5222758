import type { AccessEntry } from '../../gateway/access-log.ts'
import { nearMisses } from '../../gateway/match-route.ts'
import type { RouteTable } from '../../gateway/route-table.ts'
import type { BackendRecord } from '../backends/stub-server.ts'
import { GATEWAY_SERVICE } from '../chain/chain.ts'
import type { RequestMessage, ResponseMessage } from '../chain/message.ts'
import type { Destination, Exchange, Forward } from '../chain/trace.ts'

/** What is known of one exchange at the gateway, from both of its sides and from its own log line. */
export interface GatewayEvidence {
  readonly received: RequestMessage
  readonly answered: ResponseMessage | null
  /** Its log line; null where the request never became one (bytes that are not HTTP). */
  readonly entry: AccessEntry | null
  /** What the backend recorded, where the request came that far. */
  readonly backend: BackendRecord | null
  readonly table: RouteTable
  /** Where a target of routes.yaml leads in the environment at hand. */
  readonly destination: (host: string, port: number) => Destination
}

/** The gateway's exchange, its rule being the route of routes.yaml that its log line names. */
export function gatewayExchange(evidence: GatewayEvidence): Exchange {
  const { received, answered, entry } = evidence
  const route = entry?.route ?? null
  return {
    hop: 'gateway',
    service: GATEWAY_SERVICE,
    received,
    rule: route === null ? null : { text: `route ${route.path}`, span: route.place },
    matched: route?.path ?? null,
    reasons: [{ text: entry?.detail ?? 'the request is not valid HTTP', span: route?.place ?? null }],
    // Worded when somebody reads them: most exchanges pass, and nobody does.
    get nearMisses() {
      return nearMisses(evidence.table, pathOf(received.target)).map(({ route: near, because }) => ({
        rule: { text: `route ${near.path}`, span: near.place },
        because,
      }))
    },
    forwards: forwardsOf(evidence),
    answered,
    origin: entry?.outcome === 'answered' ? 'upstream' : 'self',
  }
}

function forwardsOf({ received, entry, backend, destination }: GatewayEvidence): Forward[] {
  if (entry === null || entry.upstream === null || entry.outcome === null) return []
  const sent = backend?.received ?? { ...received, target: entry.sends ?? received.target }
  return [
    {
      to: destination(entry.upstream.host, entry.upstream.port),
      request: sent,
      outcome: entry.outcome,
      response: backend?.answered ?? null,
    },
  ]
}

function pathOf(target: string): string {
  return target.split('?', 1)[0] ?? ''
}
