import { GATEWAY_SERVICE } from '../chain/chain.ts'
import type { Place } from '../diagnostics/place.ts'
import type { Problems } from '../diagnostics/problems.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { Expected } from './scenario.ts'

/** The Services of the scenario's chains by name: of every variant's, and of any. Null where a chain could not be loaded. */
export interface ServiceNames {
  readonly inEvery: readonly string[]
  readonly inAny: readonly string[]
}

/** The hops that a request can enter at, or that can be to blame, beside Services. */
const ENTRIES = ['nginx', 'gateway']
const HOP_NAMES = ['nginx', 'gateway', 'backend']

/** What building a step needs beside what is written in it, and where its problems go. */
export class StepContext {
  readonly problems: Problems
  readonly names: ServiceNames | null

  constructor(problems: Problems, names: ServiceNames | null) {
    this.problems = problems
    this.names = names
  }

  /** Notes a problem with the value at a place. */
  report(place: Place, code: string, message: string, hint?: string): void {
    this.problems.add(place.source, place.span, code, message, hint)
  }

  /** A Service that must be there in every variant. `service/x` and `x` are the same. */
  service(written: string, place: Place): string {
    const name = written.replace(/^(service|svc)\//, '')
    if (this.names !== null) this.#check(name, this.names.inEvery, 'Service', place)
    return name
  }

  /** A Service that an expectation is about; one of any variant will do. */
  expectedService(name: string, place: Place): string {
    if (this.names !== null) this.#check(name, this.names.inAny, 'Service', place)
    return name
  }

  /** Where a request enters. */
  entry(name: string, place: Place): string {
    if (this.names !== null) this.#check(name, [...ENTRIES, ...this.names.inEvery], 'entry', place)
    if (name === 'gateway') this.gateway(place)
    return name
  }

  /** Something that only a chain with a gateway has. */
  gateway(place: Place): void {
    if (this.names === null || this.names.inEvery.includes(GATEWAY_SERVICE)) return
    const hint = `The gateway is the Service that is called ${GATEWAY_SERVICE}.`
    this.report(place, 'E_SCENARIO_NAME', 'the chain has no gateway', hint)
  }

  /** A hop, or a Service in its place. */
  hop(name: string, place: Place): string {
    if (this.names !== null) this.#check(name, [...HOP_NAMES, ...this.names.inAny], 'hop or Service', place)
    return name
  }

  /** Where a hop sends: a Service, or `address:port`. */
  destination(name: string, place: Place): string {
    return /:\d{1,5}$/.test(name) ? name : this.expectedService(name, place)
  }

  #check(name: string, known: readonly string[], what: string, place: Place): void {
    if (!known.includes(name))
      this.report(place, 'E_SCENARIO_NAME', `unknown ${what} "${name}"${didYouMean(name, known)}`)
  }
}

/** A value with its place in the file. */
export function expected<Value>(value: Value, place: Place): Expected<Value> {
  return { value, span: place.span }
}

/** A scalar as text: a number the way it is written in the file (`1.0`). */
export function textOf(value: string | number | boolean, place: Place): string {
  if (typeof value === 'string') return value
  const written = place.text
  return written === null || written.includes('${') ? String(value) : written
}

/** A text as the Latin-1 string that its UTF-8 bytes are on the wire. */
export function onWire(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
