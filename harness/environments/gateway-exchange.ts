import type { AccessEntry } from '../../gateway/access-log.ts'
import { nearMisses } from '../../gateway/match-route.ts'
import type { RouteTable } from '../../gateway/route-table.ts'
import type { BackendRecord } from '../backends/stub-server.ts'
import { GATEWAY_SERVICE } from '../chain/chain.ts'
import { headerValue, type RequestMessage, type ResponseMessage } from '../chain/message.ts'
import type { Outcome } from '../trace/outcome.ts'
import {
  type Destination,
  type Exchange,
  type NearMiss,
  type ReachedBy,
  type Rule,
  type Try,
  UNDECIDED,
} from '../trace/trace.ts'

/** What is known of one exchange at the gateway from both of its sides. */
interface GatewaySides {
  readonly reachedBy: ReachedBy | null
  readonly received: RequestMessage
  readonly answered: ResponseMessage | null
  /** Where a target of routes.yaml leads in the environment at hand. */
  readonly destination: (host: string, port: number) => Destination
}

/** What is known of it from its own log line too. */
export interface GatewayEvidence extends GatewaySides {
  /** Its log line; null where the request never became one (bytes that are not HTTP). */
  readonly entry: AccessEntry | null
  /** What the backend recorded, where the request came that far. */
  readonly backend: BackendRecord | null
  readonly table: RouteTable
}

/** The gateway's exchange: what decided is the route of routes.yaml that its log line names. */
export function gatewayExchange(evidence: GatewayEvidence): Exchange {
  const { reachedBy, received, answered, entry } = evidence
  const route = entry?.route ?? null
  const rule = route === null ? null : { text: `route ${route.path}`, span: route.place }
  const span = route?.place ?? null
  return {
    hop: 'gateway',
    service: GATEWAY_SERVICE,
    reachedBy,
    received,
    passes: [
      {
        matched: route?.path ?? null,
        ledBy: null,
        decidedBy: { ...UNDECIDED, whole: rule },
        reasons: [entry === null ? { kind: 'not-http', span } : { kind: 'gateway-log', detail: entry.detail, span }],
        nearMisses: nearMissesOf(evidence),
        tries: triesOf(evidence, rule),
      },
    ],
    answered,
    origin: entry?.outcome === 'answered' ? 'upstream' : 'self',
    answerHeaders: [],
  }
}

/** The exchange at a gateway that writes no log we could read: both its sides are known, and nothing of what is between them. */
export function unloggedGateway(
  { reachedBy, received, answered, destination }: GatewaySides,
  records: readonly BackendRecord[],
): Exchange {
  const passedOn = answered !== null && records.at(-1)?.answered?.status === answered.status
  return {
    hop: 'gateway',
    service: GATEWAY_SERVICE,
    reachedBy,
    received,
    passes: [
      {
        matched: null,
        ledBy: null,
        decidedBy: UNDECIDED,
        reasons: [{ kind: 'no-gateway-log', span: null }],
        nearMisses: [],
        tries: records.map((record) => tryOf(record, destination)),
      },
    ],
    answered,
    origin: passedOn ? 'upstream' : 'self',
    answerHeaders: [],
  }
}

function nearMissesOf({ table, received }: GatewayEvidence): NearMiss[] {
  const [path = ''] = received.target.split('?', 1)
  return nearMisses(table, path).map(({ route, because }) => ({
    rule: { text: `route ${route.path}`, span: route.place },
    because: { kind: 'route', because },
  }))
}

function triesOf({ received, entry, backend, destination }: GatewayEvidence, by: Rule | null): Try[] {
  const outcome = entry === null ? null : outcomeOf(entry)
  if (entry === null || entry.upstream === null || outcome === null) return []
  const to = destination(entry.upstream.host, entry.upstream.port)
  const request = backend?.received ?? { ...received, target: entry.sends ?? received.target }
  return [{ to, by, request, outcome, response: backend?.answered ?? null }]
}

/** nginx's code for a client that left. */
const CLIENT_LEFT = 499

function outcomeOf({ outcome, status }: AccessEntry): Outcome | null {
  return outcome ?? (status === CLIENT_LEFT ? 'abandoned' : null)
}

function tryOf(record: BackendRecord, destination: GatewaySides['destination']): Try {
  const { received, answered } = record
  const outcome = answered === null ? 'reset' : 'answered'
  return { to: destinationOf(record, destination), by: null, request: received, outcome, response: answered }
}

/** The gateway names host and port of its target in `Host`; where it does not, the Service's name stands for it. */
function destinationOf({ service, received }: BackendRecord, destination: GatewaySides['destination']): Destination {
  const [, host = '', port = '80'] = /^([^:]+)(?::(\d{1,5}))?$/.exec(headerValue(received.headers, 'host') ?? '') ?? []
  const named = destination(host, Number(port))
  return named.service === service ? named : { ...destination(service, Number(port)), service }
}
