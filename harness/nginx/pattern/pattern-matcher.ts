import { otherCase } from './byte-set.ts'
import type { RepeatNode } from './pattern-node.ts'
import { isAt } from './pattern-place.ts'
import type { LoopStep, Program, Step } from './pattern-program.ts'

/** PCRE gives up after ten million of its own steps, and each of them is at least one of these. */
const MAX_STEPS = 5e6
/** Ways and numbers that are kept to go back to. */
const MAX_KEPT = 1e6

/** What to go back to: another way, tried at each place from `at` to `last`; or what a register, or all of them, had. */
type Kept =
  | { readonly step: Step; at: number; readonly last: number; readonly by: 1 | -1 }
  | { readonly register: number; readonly value: number }
  | { readonly call: Call | null; readonly registers: number[] }

/** A group that was called and has not ended. */
interface Call {
  readonly group: number
  readonly at: number
  /** What comes behind it, with the registers as they were. */
  readonly next: Step
  readonly registers: number[]
  readonly outer: Call | null
}

/** What the groups captured, the whole match first; null where nothing matches; `gave-up` where that takes too many steps to know. */
export type MatchResult = readonly (string | undefined)[] | null | 'gave-up'

/** Runs a compiled pattern on a text of bytes, from its first place on, as PCRE does: it goes back and tries the next way. */
export function runProgram(program: Program, text: string): MatchResult {
  const matcher = new Matcher(program, text)
  const { firstBytes } = program
  const last = program.isAnchored ? 0 : text.length
  for (let start = 0; start <= last; start++) {
    if (firstBytes !== null && firstBytes[text.charCodeAt(start)] !== 1) continue
    const end = matcher.matchAt(start)
    if (end === 'gave-up') return 'gave-up'
    if (end !== null) return matcher.captured(start, end)
  }
  return null
}

class Matcher {
  readonly #program: Program
  readonly #text: string
  #registers: number[]
  #call: Call | null = null
  #kept: Kept[] = []
  #at = 0
  #steps = 0

  constructor(program: Program, text: string) {
    this.#program = program
    this.#text = text
    this.#registers = new Array<number>(program.registers)
  }

  /** @returns where a match that begins here ends */
  matchAt(start: number): number | null | 'gave-up' {
    this.#registers.fill(-1)
    this.#kept = []
    this.#call = null
    this.#at = start
    let step: Step | null = this.#program.start
    while (step === null || step.op !== 'end' || this.#call !== null) {
      if (++this.#steps > MAX_STEPS || this.#kept.length > MAX_KEPT) return 'gave-up'
      if (step?.op === 'call' && this.#isLoop(step.group)) return 'gave-up'
      step = step === null ? this.#goBack() : this.#do(step)
      if (step === null && this.#kept.length === 0) return null
    }
    return this.#at
  }

  captured(start: number, end: number): (string | undefined)[] {
    const groups = Array.from({ length: this.#program.groups }, (_, index) => this.#capture(index + 1))
    return [this.#text.slice(start, end), ...groups]
  }

  #capture(group: number): string | undefined {
    const from = this.#registers[2 * group] ?? -1
    return from < 0 ? undefined : this.#text.slice(from, this.#registers[2 * group + 1])
  }

  /** Restores what registers had, up to the last other way. */
  #goBack(): Step | null {
    for (;;) {
      const kept = this.#kept.at(-1)
      if (kept === undefined) return null
      if (!('step' in kept)) {
        this.#restore(kept)
        this.#kept.pop()
        continue
      }
      this.#at = kept.at
      if (kept.at === kept.last) this.#kept.pop()
      else kept.at += kept.by
      return kept.step
    }
  }

  #restore(kept: Exclude<Kept, { readonly step: Step }>): void {
    if ('register' in kept) this.#registers[kept.register] = kept.value
    else {
      this.#registers = kept.registers
      this.#call = kept.call
    }
  }

  /** @returns what is next; null where this way fails */
  #do(step: Step): Step | null {
    switch (step.op) {
      case 'byte':
        return this.#takes(step.set) ? step.next : null
      case 'run':
        return this.#run(step.set, step.repeat, step.next)
      case 'place':
        return isAt(this.#text, this.#at, step.place) ? step.next : null
      case 'fork':
        for (let way = step.ways.length - 1; way > 0; way--) this.#keep(step.ways[way])
        return step.ways[0] ?? null
      case 'note':
        this.#set(step.register, this.#at)
        return step.next
      case 'capture':
        this.#set(2 * step.group, this.#registers[step.from] ?? -1)
        this.#set(2 * step.group + 1, this.#at)
        return this.#call?.group === step.group ? this.#return(this.#call) : step.next
      case 'reference':
        return this.#repeats(this.#capture(step.group), step.caseless) ? step.next : null
      case 'if-captured':
        return this.#capture(step.group) === undefined ? step.no : step.yes
      case 'begin':
        this.#set(step.register + 1, this.#at)
        this.#set(step.register, this.#kept.length + 1)
        if (step.otherwise !== null) this.#keep(step.otherwise)
        return step.next
      case 'commit':
        this.#forgetWays(this.#registers[step.register] ?? 0)
        if (step.returns) this.#at = this.#registers[step.register + 1] ?? 0
        return step.next
      case 'undo':
        return this.#undo(step.register, step.next)
      case 'back':
        this.#at -= step.bytes
        return this.#at < 0 ? null : step.next
      case 'zero':
        this.#set(step.register, 0)
        return step.next
      case 'loop':
        return this.#loop(step)
      case 'iterate':
        return this.#iterate(step.loop)
      case 'call':
        return this.#enter(step.group, step.next)
      case 'end':
        return this.#call?.group === 0 ? this.#return(this.#call) : step
    }
  }

  #keep(step: Step | undefined): void {
    if (step !== undefined) this.#kept.push({ step, at: this.#at, last: this.#at, by: 1 })
  }

  #set(register: number, value: number): void {
    this.#kept.push({ register, value: this.#registers[register] ?? -1 })
    this.#registers[register] = value
  }

  #takes(set: Uint8Array): boolean {
    const takes = set[this.#text.charCodeAt(this.#at)] === 1
    if (takes) this.#at++
    return takes
  }

  /** Bytes of a set: the greedy one gives them back, the lazy one takes them, one by one. */
  #run(set: Uint8Array, { min, max, greed }: RepeatNode, next: Step): Step | null {
    const start = this.#at
    const most = Math.min(this.#text.length, start + max)
    let reach = start
    while (reach < most && set[this.#text.charCodeAt(reach)] === 1) reach++
    this.#steps += reach - start
    const least = start + min
    if (reach < least) return null
    if (greed === 'lazy') {
      if (reach > least) this.#kept.push({ step: next, at: least + 1, last: reach, by: 1 })
      this.#at = least
      return next
    }
    if (greed === 'greedy' && reach > least) this.#kept.push({ step: next, at: reach - 1, last: least, by: -1 })
    this.#at = reach
    return next
  }

  /** Once more, or on. A repetition without an end ends when one took no byte. */
  #loop(loop: LoopStep): Step {
    const { repeat, register, next } = loop
    const count = this.#registers[register] ?? 0
    if (count < repeat.min) return this.#iterate(loop)
    const isEmpty = count > 0 && this.#registers[register + 1] === this.#at
    if (count >= repeat.max || (isEmpty && repeat.max === Number.POSITIVE_INFINITY)) return next
    if (repeat.greed === 'lazy') {
      this.#keep({ op: 'iterate', loop })
      return next
    }
    this.#keep(next)
    return this.#iterate(loop)
  }

  /** Goes through a group with registers of its own. */
  #enter(group: number, next: Step): Step | null {
    const registers = this.#registers
    this.#kept.push({ call: this.#call, registers })
    this.#call = { group, at: this.#at, next, registers, outer: this.#call }
    this.#registers = [...registers]
    return this.#program.entries.get(group) ?? null
  }

  /** A call has ended: what it captured is forgotten. */
  #return({ next, registers, outer }: Call): Step {
    this.#kept.push({ call: this.#call, registers: this.#registers })
    this.#registers = registers
    this.#call = outer
    return next
  }

  /** Whether a group calls itself without having taken a byte: then PCRE gives up. */
  #isLoop(group: number): boolean {
    for (let call = this.#call; call !== null; call = call.outer) {
      if (call.group === group && call.at === this.#at) return true
    }
    return false
  }

  #iterate({ register, body }: LoopStep): Step {
    this.#set(register, (this.#registers[register] ?? 0) + 1)
    this.#set(register + 1, this.#at)
    return body
  }

  /** Other ways kept since then are tried no more; what registers had is still needed. */
  #forgetWays(since: number): void {
    const still = this.#kept.slice(since).filter((kept) => !('step' in kept))
    this.#kept.length = since
    this.#kept.push(...still)
  }

  #undo(register: number, next: Step | null): Step | null {
    const since = this.#registers[register] ?? 0
    const at = this.#registers[register + 1] ?? 0
    while (this.#kept.length > since) {
      const kept = this.#kept.pop()
      if (kept !== undefined && !('step' in kept)) this.#restore(kept)
    }
    this.#at = at
    return next
  }

  /** Whether what a group captured stands here once more. A group that captured nothing fails. */
  #repeats(captured: string | undefined, isCaseless: boolean): boolean {
    if (captured === undefined) return false
    const here = this.#text.slice(this.#at, this.#at + captured.length)
    const same = here === captured || (isCaseless && folded(here) === folded(captured))
    if (same) this.#at += captured.length
    return same
  }
}

function folded(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => String.fromCharCode(otherCase(letter.charCodeAt(0))))
}
