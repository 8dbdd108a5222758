import type { AccessEntry } from '../../gateway/access-entry.ts'
import { nearMisses } from '../../gateway/match-route.ts'
import type { Place } from '../../gateway/place.ts'
import type { RouteTable } from '../../gateway/route-table.ts'
import type { BackendRecord } from '../backends/stub-server.ts'
import { GATEWAY_SERVICE } from '../chain/chain.ts'
import { headerValue, type RequestMessage, type ResponseMessage } from '../chain/message.ts'
import type { Outcome } from '../trace/outcome.ts'
import {
  type DecidedBy,
  type Destination,
  type Exchange,
  type HeaderChange,
  type NearMiss,
  type ReachedBy,
  type Reason,
  type Rule,
  type Try,
  UNDECIDED,
} from '../trace/trace.ts'
import type { GatewayLines } from './gateway-lines.ts'

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
  readonly lineAt: GatewayLines
}

/** The gateway's exchange: what decided is the key of its config that its log line names, or the route. */
export function gatewayExchange(evidence: GatewayEvidence): Exchange {
  const { reachedBy, received, answered, entry, lineAt } = evidence
  const route = entry?.route ?? null
  const rule = route === null ? null : { text: `route ${route.path}`, span: route.place }
  const decision = entry?.decidedBy?.place ? lineAt(entry.decidedBy.place) : rule
  return {
    hop: 'gateway',
    service: GATEWAY_SERVICE,
    reachedBy,
    received,
    passes: [
      {
        matched: route?.path ?? null,
        ledBy: null,
        subrequest: null,
        decidedBy: decidedBy(evidence, decision),
        reasons: reasonsOf(evidence, decision?.span ?? null),
        nearMisses: nearMissesOf(evidence),
        tries: triesOf(evidence, rule),
      },
    ],
    answered,
    origin: entry?.outcome === 'answered' ? 'upstream' : 'self',
    answerHeaders: answerHeadersOf(evidence),
  }
}

function reasonsOf({ entry, lineAt }: GatewayEvidence, span: Reason['span']): Reason[] {
  if (entry === null) return [{ kind: 'not-http', span }]
  const { detail, publicBy, carriedBy, route } = entry
  const reasons: Reason[] = [{ kind: 'gateway-log', detail, span }]
  if (publicBy !== null) reasons.push({ kind: 'public-path', line: lineAt(publicBy).text, span: publicBy })
  if (carriedBy === 'rewritten form' && route !== null)
    reasons.push({ kind: 'carried-by-rewritten-form', path: route.path, span: route.place })
  return reasons
}

/** The keys of the route that took the request, and those of middleware.yaml that changed its headers. */
function decidedBy({ table, entry, lineAt }: GatewayEvidence, whole: Rule | null): DecidedBy {
  const route = table.routes.find((one) => one.route.path === entry?.route?.path)?.route
  const line = (place: Place | null | undefined): Rule | null => (place ? lineAt(place) : null)
  // A line of routes.yaml says little without its route.
  const ofRoute = (place: Place | null | undefined): Rule | null => {
    const found = line(place)
    return found && { text: `${found.text} (route ${route?.path})`, span: found.span }
  }
  const timeout = entry?.decidedBy?.kind === 'read-timeout' ? entry.decidedBy.place : null
  const own = route?.places.timeout
  const isOfRoute = timeout === null || (timeout.file === own?.file && timeout.line === own.line)
  return {
    ...UNDECIDED,
    whole,
    target: ofRoute(route?.places.rewrite),
    to: ofRoute(route?.places.target),
    headers: (entry?.headerChanges.request ?? []).flatMap(({ name, change, place }) =>
      place === null ? [] : [{ ...lineAt(place), name, drops: change === 'dropped' }],
    ),
    readTimeout: isOfRoute ? ofRoute(route?.places.timeout) : line(timeout),
  }
}

/** What the gateway did to the headers of the answer. What CORS does not allow gets no header that allows it. */
function answerHeadersOf({ entry, lineAt }: GatewayEvidence): HeaderChange[] {
  const changes = entry?.headerChanges.answer ?? []
  const told = changes.map(({ name, change, place }): HeaderChange => {
    return { name, kind: change, by: place && lineAt(place), because: null }
  })
  const cors = changes.find(({ by, place }) => by === 'cors' && place !== null)
  if (!cors?.place) return told
  const by = lineAt(cors.place)
  const because = { kind: 'cors-does-not-say-so', span: by.span } as const
  const withheld = CORS_HEADERS.filter((name) => !changes.some((change) => change.name === name))
  return [...told, ...withheld.map((name): HeaderChange => ({ name, kind: 'withheld', by, because }))]
}

/** Headers of a CORS answer that `cors` adds where it allows what was asked. */
const CORS_HEADERS = ['access-control-allow-origin', 'access-control-allow-credentials']

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
        subrequest: null,
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
