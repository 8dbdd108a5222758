import type { AccessEntry } from '../../gateway/access-entry.ts'
import type { RouteTable } from '../../gateway/route-table.ts'
import type { BackendRecord } from '../backends/stub-server.ts'
import { GATEWAY_SERVICE } from '../chain/chain.ts'
import type { RequestMessage, ResponseMessage } from '../chain/message.ts'
import type { Outcome } from '../trace/outcome.ts'
import { triesOf } from '../trace/reading.ts'
import type { Destination, Exchange, ReachedBy, Try } from '../trace/trace.ts'
import { backendExchange } from './backend-exchange.ts'
import { gatewayExchange, unloggedGateway } from './gateway-exchange.ts'
import type { GatewayLines } from './gateway-lines.ts'

/** What gateway and stubs wrote down while one request was on its way, in order of time. */
export interface Witnessed {
  readonly gatewayLog: readonly AccessEntry[]
  readonly records: readonly BackendRecord[]
  /** The routes that the gateway runs with; null where its config is not ours to read. */
  readonly routes: RouteTable | null
  /** Whether it is the project's own, which writes a line for every request that is HTTP; any other may write none. */
  readonly isOwnGateway: boolean
  /** The lines of the config that the gateway runs with. */
  readonly lineAt: GatewayLines
  /** Where a host and port of routes.yaml lead. */
  readonly destination: (host: string, port: number) => Destination
}

/** Outcomes of a try whose request came to nobody. */
const UNREACHED: ReadonlySet<Outcome> = new Set<Outcome>(['refused', 'connect-timeout', 'tls-failed', 'unresolved'])

/** Whether a request came to a server at all. */
export function hasArrived(outcome: Outcome): boolean {
  return !UNREACHED.has(outcome)
}

/** Every hop that nginx's tries reached, in the order in which they did, after nginx itself. */
export function hopsFromNginx(nginx: Exchange, witnessed: Witnessed): Exchange[] {
  const toGateway = triesOf(nginx).filter(({ to, outcome }) => to.service === GATEWAY_SERVICE && hasArrived(outcome))
  const notes = new Notes(witnessed, toGateway.length)
  const exchanges = [nginx]
  for (const [pass, { tries }] of nginx.passes.entries()) {
    for (const [index, one] of tries.entries()) {
      exchanges.push(...hopsBehindTry(one, { exchange: 0, pass, try: index }, exchanges.length, notes, witnessed))
    }
  }
  return exchanges
}

/** The hops that a client reached who came to the gateway directly. Empty where nobody says that it was reached. */
export function hopsFromGateway(
  received: RequestMessage,
  answered: ResponseMessage | null,
  witnessed: Witnessed,
): Exchange[] {
  const notes = new Notes(witnessed, 1)
  const entry = notes.takeEntry(received)
  const isReached = entry !== null || answered !== null || witnessed.records.length > 0
  return isReached ? gatewayHops({ received, answered, entry, reachedBy: null }, 0, notes, witnessed) : []
}

function hopsBehindTry(
  { to: { service }, request, outcome, response }: Try,
  reachedBy: ReachedBy,
  at: number,
  notes: Notes,
  witnessed: Witnessed,
): Exchange[] {
  if (service === null || !hasArrived(outcome)) return []
  if (service === GATEWAY_SERVICE) {
    const arrived = { received: request, answered: response, entry: notes.takeEntry(request), reachedBy }
    return gatewayHops(arrived, at, notes, witnessed)
  }
  const record = notes.takeRecord(service, request.target)
  return record === null ? [] : [backendExchange(record, reachedBy)]
}

/** A request that came to the gateway. */
interface Arrived {
  readonly received: RequestMessage
  readonly answered: ResponseMessage | null
  readonly entry: AccessEntry | null
  readonly reachedBy: ReachedBy | null
}

/** @param at the index of the gateway's exchange in the trace */
function gatewayHops(
  { entry, ...sides }: Arrived,
  at: number,
  notes: Notes,
  { routes, isOwnGateway, lineAt, destination }: Witnessed,
): Exchange[] {
  const behind = (record: BackendRecord, index: number): Exchange =>
    backendExchange(record, { exchange: at, pass: 0, try: index })
  const isTold = entry !== null || (isOwnGateway && sides.answered !== null)
  if (routes === null || !isTold) {
    const records = notes.takeShare()
    return [unloggedGateway({ ...sides, destination }, records), ...records.map(behind)]
  }
  const upstream = entry?.upstream ?? null
  const service = upstream === null ? null : destination(upstream.host, upstream.port).service
  const backend = service === null ? null : notes.takeRecord(service, entry?.sends ?? null)
  const exchange = gatewayExchange({ ...sides, entry, backend, table: routes, lineAt, destination })
  return [exchange, ...(backend === null ? [] : [behind(backend, 0)])]
}

/** Log lines and records that have not been given to a try yet. */
class Notes {
  readonly #entries: AccessEntry[]
  readonly #records: BackendRecord[]

  /** How many tries came to the gateway that have not been told. */
  #gatewayTries: number

  constructor({ gatewayLog, records }: Witnessed, gatewayTries: number) {
    this.#gatewayTries = gatewayTries
    this.#entries = [...gatewayLog]
    this.#records = [...records]
  }

  /** The gateway's line about a request: the first that has its method and target, else the first there is. */
  takeEntry({ method, target }: RequestMessage): AccessEntry | null {
    const same = this.#entries.findIndex((entry) => entry.method === method && entry.target === target)
    return this.#entries.splice(Math.max(same, 0), 1)[0] ?? null
  }

  /** A Service's record of a target (null: of any): the first one, else the first of that Service. */
  takeRecord(service: string, target: string | null): BackendRecord | null {
    const isOf = (record: BackendRecord): boolean => record.service === service
    const same = this.#records.findIndex((record) => isOf(record) && record.received.target === target)
    const at = same === -1 ? this.#records.findIndex(isOf) : same
    return at === -1 ? null : (this.#records.splice(at, 1)[0] ?? null)
  }

  /** The records behind a gateway that tells nothing: where it was reached several times, each time has its share. */
  takeShare(): BackendRecord[] {
    return this.#records.splice(0, Math.ceil(this.#records.length / Math.max(this.#gatewayTries--, 1)))
  }
}
