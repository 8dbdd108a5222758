import { GATEWAY_SERVICE } from '../chain/chain.ts'
import { NAMESPACE, serviceMeantInPod } from '../chain/cluster-dns.ts'
import { headerValues } from '../chain/message.ts'
import type { OwnedPin, Service } from '../chain/service.ts'
import type { Exchange, Forward, HopName, Trace } from '../chain/trace.ts'
import type { CheckName } from '../scenario/check-name.ts'

/** A check, as far as blame is concerned with it (the runner's `Check` is one). */
export interface Deviation {
  readonly what: CheckName
  readonly passed: boolean
  readonly expected: string
}

/** What the trace does not say by itself: the chain's Services as its files have them, and whom the pins were written for. */
export interface BlameContext {
  readonly services: readonly Service[]
  readonly pins: readonly OwnedPin[]
}

/** An exchange at a hop that sends on, with its last try (undefined where it answered without asking anybody). */
export interface Sender {
  readonly hop: 'nginx' | 'gateway'
  /** As a sentence begins with it. */
  readonly who: string
  readonly exchange: Exchange
  readonly forward: Forward | undefined
}

/** Checks of what hops received and did, not of what they answered. */
const ON_THE_WAY = /^(nginx|gateway|backend)\b(?!\.(status|answers)\b)/

/** A trace with the questions that the cases of blame ask of it. */
export class Scene {
  readonly trace: Trace
  readonly nginx: Sender | undefined
  readonly gateway: Sender | undefined
  readonly backend: Exchange | undefined
  readonly services: readonly Service[]
  readonly #checks: readonly Deviation[]
  readonly #pins: readonly OwnedPin[]

  constructor(trace: Trace, checks: readonly Deviation[], { services, pins }: BlameContext) {
    this.trace = trace
    this.services = services
    this.#checks = checks
    this.#pins = pins
    this.nginx = senderAt(trace, 'nginx')
    this.gateway = senderAt(trace, 'gateway')
    this.backend = exchangeAt(trace, 'backend')
  }

  /** Something was not as expected, or the client got an error or nothing at all. */
  get wentWrong(): boolean {
    const { response } = this.trace
    return response === null || response.status >= 400 || this.#checks.some(({ passed }) => !passed)
  }

  /** What the client got is wrong, or what a hop answered: not only what was sent on the way. */
  get answerWrong(): boolean {
    const { response } = this.trace
    if (response === null || response.status >= 400) return true
    return this.#checks.some(({ what, passed }) => !passed && !ON_THE_WAY.test(what))
  }

  /** The first of these checks that failed. */
  failed(...whats: readonly CheckName[]): Deviation | undefined {
    return this.#checks.find(({ what, passed }) => !passed && whats.includes(what))
  }

  /** The header names of a hop (`gateway`) or of the client's response (`headers`) whose check failed. */
  failedHeaders(of: HopName | 'client'): string[] {
    const prefix = of === 'client' ? 'headers.' : `${of}.headers.`
    return this.#checks.flatMap(({ what, passed }) =>
      !passed && what.startsWith(prefix) ? [what.slice(prefix.length)] : [],
    )
  }

  passed(...whats: readonly CheckName[]): boolean {
    return this.#checks.some(({ what, passed }) => passed && whats.includes(what))
  }

  /** The Service for which nginx's file names the address; null where it never was one's. */
  ownerThen(address: string | null): string | null {
    if (address === null) return null
    const pin = this.#pins.find((one) => one.address === address)
    return pin?.service ?? this.services.find(({ clusterIP }) => clusterIP === address)?.name ?? null
  }

  service(name: string | null): Service | undefined {
    return this.services.find((service) => service.name === name)
  }

  /** The Service that a DNS name means to nginx or to the gateway. */
  named(host: string): Service | undefined {
    return this.service(serviceMeantInPod(host, NAMESPACE))
  }

  /** The exchange that a sender's request led to; undefined where it never arrived. */
  next({ hop, forward }: Sender): Exchange | undefined {
    const wanted = hop === 'nginx' && forward?.to.service === GATEWAY_SERVICE ? this.gateway?.exchange : this.backend
    return wanted !== undefined && wanted.service === forward?.to.service ? wanted : undefined
  }

  /** The exchange whose hop made the answer that the client got. */
  get answerer(): Exchange | undefined {
    return this.trace.exchanges.findLast(({ origin }) => origin === 'self')
  }
}

/** The values of a header as one text, as the checks show them; empty where it is absent. */
export function headerText(message: { readonly headers: Exchange['received']['headers'] }, name: string): string {
  return headerValues(message.headers, name).join(', ')
}

function senderAt(trace: Trace, hop: Sender['hop']): Sender | undefined {
  const exchange = exchangeAt(trace, hop)
  return (
    exchange && { hop, who: hop === 'nginx' ? 'nginx' : 'the gateway', exchange, forward: exchange.forwards.at(-1) }
  )
}

/** The last exchange there: of several tries it is the one that gave the answer. */
function exchangeAt(trace: Trace, hop: HopName): Exchange | undefined {
  return trace.exchanges.findLast((exchange) => exchange.hop === hop)
}
