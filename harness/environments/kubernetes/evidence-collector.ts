import type { AccessEntry } from '../../../gateway/access-entry.ts'
import type { BackendRecord } from '../../backends/stub-server.ts'
import { GATEWAY_SERVICE } from '../../chain/chain.ts'
import { exchangeAt, triesOf } from '../../trace/reading.ts'
import { hasArrived } from '../hops-behind.ts'
import type { Evidence, InForce } from '../observed/evidence.ts'
import { observedTrace } from '../observed/observed-trace.ts'
import type { GatewayLogs } from './gateway-logs.ts'
import type { NginxHost } from './nginx-host.ts'
import type { StubPods } from './stub-pods.ts'
import type { Translation } from './translation.ts'

/** What the client saw. */
type Seen = Pick<Evidence, 'requestId' | 'via' | 'listener' | 'request' | 'response' | 'elapsedMs'>

/** Where it is written down: nginx's log, the lines of the gateway's pods, the records of the stubs' pods. */
type NginxLog = Pick<NginxHost, 'takeLog' | 'takeFinishedLog'>
type GatewayLines = Pick<GatewayLogs, 'clear' | 'takeEntries'>
type StubRecords = Pick<StubPods, 'services' | 'takeRecords'>

/**
 * Gathers what nginx, gateway and stubs wrote down about one request, hop by hop: what one says of where it sent the request
 * tells which to ask next, and that there is something to wait for.
 */
export class EvidenceCollector {
  readonly #nginx: NginxLog
  readonly #gatewayLogs: GatewayLines
  readonly #stubs: StubRecords
  readonly #translation: Translation

  constructor(nginx: NginxLog, gatewayLogs: GatewayLines, stubs: StubRecords, translation: Translation) {
    this.#nginx = nginx
    this.#gatewayLogs = gatewayLogs
    this.#stubs = stubs
    this.#translation = translation
  }

  /** Puts what was written before the request out of the way. */
  async begin(): Promise<void> {
    this.#gatewayLogs.clear()
    await this.#nginx.takeLog()
  }

  /** @param idOnTheWire the request id that the client sent */
  async collect(seen: Seen, inForce: InForce, idOnTheWire: string): Promise<Evidence> {
    const nginxLog = seen.via === 'nginx' ? this.#translation.toChain(await this.#nginx.takeFinishedLog()) : ''
    const evidence: Evidence = { ...seen, nginxLog, gatewayLog: [], backends: [] }
    const reached = reachedFrom(evidence, inForce)
    if (!reached.includes(GATEWAY_SERVICE)) return { ...evidence, backends: await this.#recordsOf(reached) }
    const entries = await this.#gatewayLogs.takeEntries(idOnTheWire)
    const gatewayLog = entries.map((entry) => this.#inChain(entry))
    // A gateway of the user's own that tells nothing: any stub may have been asked.
    if (gatewayLog.length === 0) return { ...evidence, backends: await this.#recordsOf(this.#stubs.services) }
    const behind = gatewayLog.flatMap((entry) => servicesBehind(entry, inForce))
    return { ...evidence, gatewayLog, backends: await this.#recordsOf([...reached, ...behind]) }
  }

  #inChain(entry: AccessEntry): AccessEntry {
    const { upstream, detail } = entry
    const toChain = (text: string): string => this.#translation.toChain(text)
    return { ...entry, upstream: upstream && { ...upstream, host: toChain(upstream.host) }, detail: toChain(detail) }
  }

  async #recordsOf(services: readonly string[]): Promise<BackendRecord[]> {
    const known = new Set(services.filter((service) => this.#stubs.services.includes(service)))
    return (await Promise.all([...known].map((service) => this.#stubs.takeRecords(service)))).flat()
  }
}

/** The Services that the request came to from the client, or from any of nginx's tries. */
function reachedFrom(evidence: Evidence, inForce: InForce): string[] {
  if (evidence.via === 'gateway') return [GATEWAY_SERVICE]
  if (evidence.via !== 'nginx') return [evidence.via]
  const nginx = exchangeAt(observedTrace(evidence, inForce), 'nginx')
  const tries = nginx === undefined ? [] : triesOf(nginx)
  return tries.filter(({ outcome }) => hasArrived(outcome)).flatMap(({ to }) => to.service ?? [])
}

/** Where the client left before there was an outcome, the request may have come to a backend all the same. */
function servicesBehind({ upstream, outcome }: AccessEntry, inForce: InForce): string[] {
  if (upstream === null || (outcome !== null && !hasArrived(outcome))) return []
  return [inForce.destination(upstream.host, upstream.port).service ?? []].flat()
}
