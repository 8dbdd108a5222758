import { maskHeader, maskText, secretsOf } from '../secrets/mask.ts'
import { lastPass } from '../trace/reading.ts'
import type { Exchange, HopName, Pass, Rule, Trace } from '../trace/trace.ts'
import {
  ANSWER,
  CLIENT_REQUEST,
  CLIENT_RESPONSE,
  COMING_BACK,
  DECISION,
  type Field,
  PASS,
  TRY,
} from './compare-traces-fields.ts'
import { type AddressNames, Witness } from './compare-traces-names.ts'
import { excerpts } from './excerpt.ts'

/** The first place where two traces of one request part. */
export interface TraceDifference {
  readonly hop: HopName | 'client'
  /** The Service whose pod the hop is; null for nginx and the client. */
  readonly service: string | null
  /** Its path in a trace's exchange: `received.target`, `passes[0].tries[0].request.headers.host`, `passes[0].matched`; `reached` for the hop itself. */
  readonly field: string
  /** Both values as people read them, secrets masked, cut around where they part where they are long. */
  readonly left: string
  readonly right: string
  /** The lines of configuration that decided it. */
  readonly leftRule: Rule | null
  readonly rightRule: Rule | null
}

const NOTHING_KNOWN: AddressNames = new Map()

/**
 * Compares the traces of one request in two environments, in the order in which things happened: hop by hop what was
 * received, decided and sent on, then back again what was answered. What is compared, and what real time, chance and
 * versions decide, is in the tables of compare-traces-fields.ts and compare-traces-headers.ts.
 * @param addresses what each side's ClusterIPs are called, beyond what a trace says of them itself
 * @param secrets values that the scenario makes secret, as a run has them; those of the traces are known
 * @returns null where the two agree
 */
export function firstDifference(
  left: Trace,
  right: Trace,
  addresses: { readonly left: AddressNames; readonly right: AddressNames } = {
    left: NOTHING_KNOWN,
    right: NOTHING_KNOWN,
  },
  secrets: readonly string[] = [],
): TraceDifference | null {
  const comparison = new Comparison(new Witness(left, addresses.left), new Witness(right, addresses.right), secrets)
  const [first = null] = comparison.differences()
  return first
}

/** The passes that a field belongs to, on both sides. */
interface Passes {
  readonly name: string
  readonly left: Pass
  readonly right: Pass
}

type Exchanges = readonly [left: Exchange | null, right: Exchange | null]

class Comparison {
  readonly #left: Witness
  readonly #right: Witness
  readonly #secrets: readonly string[]

  constructor(left: Witness, right: Witness, secrets: readonly string[]) {
    this.#left = left
    this.#right = right
    this.#secrets = secrets
  }

  /** Differences as they are met. Only the first one means something: what follows may come from it. */
  *differences(): Generator<TraceDifference> {
    const [left, right] = [this.#left.trace, this.#right.trace]
    const hops = pairs(left.exchanges, right.exchanges)
    yield* this.#compare([null, null], '', CLIENT_REQUEST, left, right)
    for (const [one, other] of hops) yield* this.#wayThere(one, other)
    for (const [one, other] of hops.toReversed()) yield* this.#wayBack(one, other)
    yield* this.#compare([null, null], '', CLIENT_RESPONSE, left, right)
  }

  *#wayThere(left: Exchange | undefined, right: Exchange | undefined): Generator<TraceDifference> {
    if (left === undefined || right === undefined || left.hop !== right.hop) {
      const name = (exchange: Exchange | undefined): string => exchange?.hop ?? 'nothing more'
      yield this.#difference([left ?? null, right ?? null], 'reached', name(left), name(right))
      return
    }
    const hops: Exchanges = [left, right]
    yield* this.#compare(hops, '', DECISION, left, right)
    for (const [index, [one, other]] of pairs(left.passes, right.passes).entries()) {
      if (one === undefined || other === undefined) continue
      yield* this.#pass(hops, { name: `passes[${index}]`, left: one, right: other })
    }
    const [count, otherCount] = [left.passes.length, right.passes.length]
    if (count !== otherCount)
      yield this.#difference(hops, 'passes', countText(count, 'pass'), countText(otherCount, 'pass'))
  }

  *#pass(hops: Exchanges, both: Passes): Generator<TraceDifference> {
    const { name, left, right } = both
    yield* this.#compare(hops, `${name}.`, PASS, left, right, both)
    for (const [index, [one, other]] of pairs(left.tries, right.tries).entries()) {
      if (one !== undefined && other !== undefined)
        yield* this.#compare(hops, `${name}.tries[${index}].`, TRY, one, other, both)
    }
    const [count, otherCount] = [left.tries.length, right.tries.length]
    if (count !== otherCount)
      yield this.#difference(hops, `${name}.tries`, countText(count, 'try'), countText(otherCount, 'try'), both)
  }

  *#wayBack(left: Exchange | undefined, right: Exchange | undefined): Generator<TraceDifference> {
    if (left === undefined || right === undefined) return
    const hops: Exchanges = [left, right]
    for (const [pass, [mine, its]] of pairs(left.passes, right.passes).entries()) {
      for (const [index, [one, other]] of pairs(mine?.tries ?? [], its?.tries ?? []).entries()) {
        if (mine === undefined || its === undefined || one === undefined || other === undefined) continue
        const both = { name: `passes[${pass}]`, left: mine, right: its }
        yield* this.#compare(hops, `${both.name}.tries[${index}].`, COMING_BACK, one, other, both)
      }
    }
    yield* this.#compare(hops, '', ANSWER, left, right)
  }

  *#compare<Of>(
    hops: Exchanges,
    prefix: string,
    fields: readonly Field<Of>[],
    left: Of,
    right: Of,
    passes: Passes | null = null,
  ): Generator<TraceDifference> {
    for (const { name, read } of fields) {
      const [one, other] = [read(left, this.#left.trace), read(right, this.#right.trace)]
      for (const [part, mine, its] of textPairs(one, other)) {
        if (this.#same(mine, its)) continue
        yield this.#difference(hops, `${prefix}${name}${part}`, mine ?? 'absent', its ?? 'absent', passes)
      }
    }
  }

  #same(left: string | undefined, right: string | undefined): boolean {
    if (left === right) return true
    if (left === undefined || right === undefined) return false
    return this.#left.means(left, this.#right, right)
  }

  #difference(
    [one, other]: Exchanges,
    field: string,
    left: string,
    right: string,
    passes: Passes | null = null,
  ): TraceDifference {
    const [, header] = field.split('headers.')
    const secrets = [...this.#secrets, ...secretsOf(this.#left.trace), ...secretsOf(this.#right.trace)]
    const maskLines = (name: string, lines: string): string =>
      lines
        .split('\n')
        .map((line) => maskHeader(name, line))
        .join('\n')
    const shown = (text: string): string =>
      maskText(header === undefined || text === 'absent' ? text : maskLines(header, text), secrets)
    const [mine, its] = excerpts(shown(left), shown(right))
    const shownRule = (pass: Pass | undefined): Rule | null => {
      const rule = pass === undefined ? null : ruleOf(pass, field)
      return rule && { text: maskText(rule.text, secrets), span: rule.span }
    }
    const hop = one ?? other
    return {
      hop: hop?.hop ?? 'client',
      service: hop?.service ?? null,
      field,
      left: mine,
      right: its,
      leftRule: shownRule(passes?.left ?? (one === null ? undefined : lastPass(one))),
      rightRule: shownRule(passes?.right ?? (other === null ? undefined : lastPass(other))),
    }
  }
}

/** The line that has the say in a field, where one is known; the one that decided the pass elsewhere. */
function ruleOf({ ledBy, decidedBy }: Pass, field: string): Rule | null {
  const [, sent = ''] = /\.tries\[\d+\]\.request\.(.*)$/.exec(field) ?? []
  if (field.endsWith('.matched')) return ledBy ?? decidedBy.location ?? decidedBy.whole
  if (sent === 'target') return decidedBy.target ?? decidedBy.whole
  const [, name] = /^(?:headers|params)\.(.*)$/.exec(sent) ?? []
  const line = name === undefined ? undefined : decidedBy.headers.find((one) => one.name === name.toLowerCase())
  return line === undefined ? decidedBy.whole : { text: line.text, span: line.span }
}

/** Two readings of a field as pairs of texts: one, or one for each name that either side has. */
function* textPairs(
  left: string | ReadonlyMap<string, string>,
  right: string | ReadonlyMap<string, string>,
): Generator<readonly [part: string, left: string | undefined, right: string | undefined]> {
  if (typeof left === 'string' || typeof right === 'string') {
    yield ['', String(left), String(right)]
    return
  }
  for (const name of new Set([...left.keys(), ...right.keys()])) yield [`.${name}`, left.get(name), right.get(name)]
}

function pairs<One>(left: readonly One[], right: readonly One[]): (readonly [One | undefined, One | undefined])[] {
  const length = Math.max(left.length, right.length)
  return Array.from({ length }, (_, index) => [left[index], right[index]] as const)
}

function countText(count: number, what: 'pass' | 'try'): string {
  const plural = { pass: 'passes', try: 'tries' } as const
  return count === 1 ? `1 ${what}` : `${count} ${plural[what]}`
}
