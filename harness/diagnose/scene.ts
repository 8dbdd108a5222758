import { GATEWAY_SERVICE } from '../chain/chain.ts'
import type { Listener } from '../chain/client-request.ts'
import { NAMESPACE, serviceMeantInPod } from '../chain/cluster-dns.ts'
import { headerValues } from '../chain/message.ts'
import type { OwnedPin, Service, ServiceKey } from '../chain/service.ts'
import type { WorldChange } from '../chain/world-change.ts'
import type { CheckName } from '../scenario/check-name.ts'
import { exchangeAt, lastPass, nginxPassTo, passAfter, reachedBy } from '../trace/reading.ts'
import type { Exchange, HopName, Pass, Rule, Trace, Try } from '../trace/trace.ts'

/** A check, as far as blame is concerned with it (the runner's `Check` is one). */
export interface Deviation {
  readonly what: CheckName
  readonly passed: boolean
  readonly expected: string
  /** What it looked at: a pass of an exchange of the trace, by their indexes; null for the client's side, or what was not reached. */
  readonly seen: { readonly exchange: number; readonly pass: number } | null
}

/** What the trace does not say by itself: the chain's Services as its files have them, and the Services that the pins were written for. */
export interface BlameContext {
  readonly services: readonly Service[]
  readonly pins: readonly OwnedPin[]
  /** The lines that say where nginx listens. */
  readonly listens: readonly Rule[]
  /** Where the client came in: `nginx`, or a Service. */
  readonly entry: string
  /** Where it connected to, where it came in at nginx. */
  readonly listener: Listener
  /** The Service that has to answer, where the step says so; null elsewhere. */
  readonly wantedService: string | null
  /** Steps that changed the world before this one, in order. */
  readonly changes: readonly ChangedBefore[]
}

/** A step that changed the world, and the line of it. */
export interface ChangedBefore {
  readonly change: WorldChange
  readonly line: Rule
}

/** A pass of an exchange at a hop that sends on, with its last try (undefined where it answered without asking anybody). */
export interface Sender {
  readonly hop: 'nginx' | 'gateway'
  /** As a sentence begins with it. */
  readonly who: string
  readonly exchange: Exchange
  readonly pass: Pass
  readonly last: Try | undefined
}

/** One pass of nginx with the hops behind it, and the questions that the cases of blame ask of it. */
export class Scene {
  readonly trace: Trace
  readonly nginx: Sender | undefined
  readonly gateway: Sender | undefined
  readonly backend: Exchange | undefined
  /** The pass that nginx went on with after this one; undefined where this one answered. */
  readonly nextPass: Pass | undefined
  /** The subrequest that it is a scene of; null for the client's own request. */
  readonly subrequest: Subrequest | null
  readonly services: readonly Service[]
  /** The lines that say where nginx listens. */
  readonly listens: readonly Rule[]
  /** Where the client came in: `nginx`, or a Service. */
  readonly entry: string
  readonly listener: Listener
  readonly #checks: readonly Deviation[]
  /** With those that looked at other passes. */
  readonly #all: readonly Deviation[]
  readonly #pins: readonly OwnedPin[]
  readonly #changes: readonly ChangedBefore[]
  /** The Service that has to answer, where the step says so; null elsewhere. */
  readonly wantedService: string | null

  /** @param pass which of nginx's passes; of no meaning where the client came in behind nginx */
  constructor(trace: Trace, pass: number, checks: readonly Deviation[], context: BlameContext) {
    this.trace = trace
    this.services = context.services
    this.subrequest = subrequestOf(trace, pass)
    this.wantedService = this.subrequest === null ? context.wantedService : null
    this.listens = context.listens
    this.entry = context.entry
    this.listener = context.listener
    this.#pins = context.pins
    this.#changes = context.changes
    const nginx = exchangeAt(trace, 'nginx')
    const behind = trace.exchanges.filter((one) => nginx === undefined || nginxPassTo(trace, one) === pass)
    // Of several tries the last one gave the answer.
    const gateway = behind.findLast(({ hop }) => hop === 'gateway')
    this.nginx = nginx && senderOf('nginx', nginx, nginx.passes[pass])
    this.nextPass = nginx && passAfter(nginx, pass)
    this.gateway = gateway && senderOf('gateway', gateway, lastPass(gateway))
    this.backend = behind.findLast(({ hop }) => hop === 'backend')
    const exchanges = [...(nginx === undefined ? [] : [nginx]), ...behind]
    this.#all = checks
    this.#checks = checks.filter(({ what, seen }) => {
      // What was not reached is told of the client's own request.
      if (seen === null) return this.subrequest === null || !OF_HOP.test(what)
      const exchange = trace.exchanges[seen.exchange]
      return exchange !== undefined && exchanges.includes(exchange) && (exchange !== nginx || seen.pass === pass)
    })
  }

  /**
   * Whether blame may lie in this pass. It may in the one that answered. In one that nginx went on from, it does where a check
   * that looked there failed; else where its own answer is the trouble: the client's status is wrong, or nothing was expected,
   * and no check says that the pass came to what it had to. In a subrequest it does where the request was refused for its answer.
   */
  get isSuspect(): boolean {
    const failed = this.#checks.filter(({ passed }) => !passed)
    if (failed.some(({ seen }) => seen !== null)) return true
    // Nobody sees what becomes of a subrequest but by what nginx makes of its answer.
    if (this.subrequest !== null) return this.nextPass === undefined && this.subrequest.hasRefused && this.answerWrong
    if (this.nextPass === undefined) return true
    if (!this.#hasEnded || this.#cameToWhatItHadTo) return false
    return failed.some(({ what }) => what === 'status') || !this.#all.some(({ passed }) => !passed)
  }

  /** Whether the pass came to an answer, of an upstream or of its own: one that was only led on did not. */
  get #hasEnded(): boolean {
    const pass = this.nginx?.pass
    return pass === undefined || pass.tries.length > 0 || pass.reasons.some(({ kind }) => kind === 'error-page')
  }

  /** A hop behind this pass had to answer as it did. */
  get #cameToWhatItHadTo(): boolean {
    return this.#checks.some(({ what, passed, seen }) => passed && seen !== null && HOP_STATUS.test(what))
  }

  /** What this pass came to: the client's answer, or the one that nginx went on from with another pass. */
  get status(): number | null {
    const pass = this.nginx?.pass
    if (this.subrequest !== null && this.nextPass === undefined) return this.subrequest.status
    if (pass === undefined || this.nextPass === undefined) return this.trace.response?.status ?? null
    const ended = pass.reasons.findLast((reason) => reason.kind === 'error-page')
    return ended?.kind === 'error-page' ? ended.status : (pass.tries.at(-1)?.response?.status ?? null)
  }

  /** Something was not as expected, or the client got an error or nothing at all. */
  get wentWrong(): boolean {
    const { response } = this.trace
    return response === null || response.status >= 400 || this.#checks.some(({ passed }) => !passed)
  }

  /** The status is wrong, or the body, or there is no answer: more than a header. An error that was expected is not wrong. */
  get answerWrong(): boolean {
    const ofAnswer = this.#checks.filter(({ what }) => ANSWER_CHECKS.test(what))
    if (ofAnswer.some(({ passed }) => !passed)) return true
    const isExpected = ofAnswer.some(({ what }) => what === 'status')
    return !isExpected && (this.status === null || this.status >= 400)
  }

  /** Whether a try went to another Service than the one that has to answer, past the gateway or out of it. */
  isMisplaced({ to }: Try): boolean {
    const wanted = this.wantedService
    return wanted !== null && to.service !== null && to.service !== wanted && to.service !== GATEWAY_SERVICE
  }

  /** The line of a hop that decided its answer. A backend's is the one that says how it answers. */
  ruleOf(exchange: Exchange): Rule | null {
    const { hop, service } = exchange
    if (hop === 'backend') return service === null ? null : this.lineOfService(service, this.#answersBy(exchange))
    return (hop === this.nginx?.hop ? this.nginx.pass : lastPass(exchange))?.decidedBy.whole ?? null
  }

  /** A stub answers by its `answers`; its 404 for a path that it does not serve, by `serves`. */
  #answersBy({ service, received, answered }: Exchange): ServiceKey {
    const { serves = null } = this.service(service)?.stub ?? {}
    const isServed = serves === null || serves.some((prefix) => received.target.startsWith(prefix))
    return answered?.status === 404 && !isServed ? 'serves' : 'answers'
  }

  /** The last step that broke a Service, else the line of a key of it, else the line that declares it; null where it is not the chain's. */
  lineOfService(name: string, key: ServiceKey = 'answers'): Rule | null {
    const changed = this.#changes.findLast(({ change }) => serviceOf(change) === name)
    if (changed !== undefined && breaks(changed.change)) return changed.line
    const service = this.service(name)
    if (service === undefined) return null
    const span = service.keys[key]
    if (span === undefined) return { text: `service ${name}`, span: service.span }
    return { text: `${keyText(service, key)} of service ${name}`, span }
  }

  /** How long a step made a Service wait with its answers, in ms; null where no step did, or none will ever come. */
  delayOf(name: string): number | null {
    const changed = this.#changes.findLast(({ change }) => serviceOf(change) === name)?.change
    return changed?.kind === 'fault' && changed.fault.fault.kind === 'delay' ? changed.fault.fault.delayMs : null
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

  /** Parameters that the application behind nginx got wrong. */
  get failedParams(): string[] {
    const prefix = 'backend.params.'
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

  /** The exchange that a sender's last try led to; undefined where it never arrived. */
  next({ exchange, pass }: Sender): Exchange | undefined {
    return reachedBy(this.trace, exchange, exchange.passes.indexOf(pass), pass.tries.length - 1)
  }

  /** The exchange whose hop made the answer that the client got. */
  get answerer(): Exchange | undefined {
    const chain = [this.nginx?.exchange, this.gateway?.exchange, this.backend]
    return chain.findLast((exchange) => exchange?.origin === 'self')
  }
}

/** A subrequest, as the request that began it saw it. */
interface Subrequest {
  /** The line that began it; null where it is not known. */
  readonly by: Rule | null
  /** What it came to; null where that is not known. */
  readonly status: number | null
  /** Whether nginx kept the request out for what it came to (`auth_request`). */
  readonly hasRefused: boolean
}

/** The subrequest that a pass of nginx belongs to; null where it is one of the client's own request. */
function subrequestOf(trace: Trace, pass: number): Subrequest | null {
  const passes = exchangeAt(trace, 'nginx')?.passes ?? []
  const number = passes[pass]?.subrequest ?? null
  if (number === null) return null
  const by = passes.find(({ subrequest }) => subrequest === number)?.ledBy ?? null
  const began = passes.findLast(({ subrequest }, index) => index < pass && subrequest === null)
  const answered = began?.reasons.find((reason) => reason.kind === 'auth-answered' && reason.line === by?.text)
  if (answered?.kind !== 'auth-answered') {
    return { by, status: passes[pass]?.tries.at(-1)?.response?.status ?? null, hasRefused: false }
  }
  const { status } = answered
  return { by, status, hasRefused: status < 200 || status >= 300 }
}

/** Checks of what was answered, headers aside: the client's and the hops'. */
const ANSWER_CHECKS = /^(?:status|body|within|messages|(?:nginx|gateway|backend)\.status)$/

const OF_HOP = /^(?:nginx|gateway|backend)(?:\.|$)/

const HOP_STATUS = /^(?:gateway|backend)\.status$/

/** The Service that a step changed what comes of; created again, it is the same behind another address. */
function serviceOf(change: WorldChange): string | null {
  if (change.kind === 'fault') return change.fault.service
  return 'service' in change && change.kind !== 'recreate' ? change.service : null
}

/** `replicas 0`; a list is named by its key alone. */
function keyText({ stub: _, keys: __, ...fields }: Service, key: ServiceKey): string {
  return key in fields ? `${key} ${String(Object.entries(fields).find(([name]) => name === key)?.[1])}` : key
}

function breaks(change: WorldChange): boolean {
  return change.kind !== 'start' && !(change.kind === 'scale' && change.replicas > 0)
}

/** The values of a header as one text, as the checks show them; empty where it is absent. */
export function headerText(message: { readonly headers: Exchange['received']['headers'] }, name: string): string {
  return headerValues(message.headers, name).join(', ')
}

function senderOf(hop: Sender['hop'], exchange: Exchange, pass: Pass | undefined): Sender | undefined {
  const who = hop === 'nginx' ? 'nginx' : 'the gateway'
  return pass && { hop, who, exchange, pass, last: pass.tries.at(-1) }
}
