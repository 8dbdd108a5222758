import type { Span } from '../../diagnostics/span.ts'
import { builtinVariable, prefixVariable } from './builtin-variables.ts'
import type { RequestState } from './request-state.ts'

/** How a variable is read. `cacheable`: nginx reads it once per request. */
export interface Variable {
  readonly name: string
  get(state: RequestState): string | null
  readonly cacheable: boolean
}

/** Where variables come from: nginx itself, a `map` or `geo`, a `set`, or a named group of a regular expression. */
interface Slot {
  readonly name: string
  variable: Variable | null
  /** Where it is first used. */
  readonly span: Span
  /** Whether a `map` with a regular expression stands behind it: reading it replaces the captures. */
  replacesCaptures: boolean
}

/** Every variable that a site file names, each with a slot in which a request keeps its value. Names ignore case. */
export class Variables {
  readonly #slots: Slot[] = []
  readonly #byName = new Map<string, number>()

  /** The slot of a variable that is used at `span`. */
  use(name: string, span: Span): number {
    const key = name.toLowerCase()
    const known = this.#byName.get(key)
    if (known !== undefined) return known
    const slot = this.#slots.length
    this.#slots.push({ name: key, variable: null, span, replacesCaptures: false })
    this.#byName.set(key, slot)
    return slot
  }

  /** Gives a variable its value: `map`, `geo`. The last definition of a name counts, as in nginx. */
  define(variable: Variable, span: Span, replacesCaptures: boolean): void {
    const slot = this.#slots[this.use(variable.name, span)]
    if (slot === undefined) return
    slot.variable = variable
    slot.replacesCaptures = replacesCaptures
  }

  /** A variable that `set` or a named group fills in; empty before that, or what nginx itself has for a name like `$http_x`. */
  declare(name: string, span: Span): number {
    const index = this.use(name, span)
    const slot = this.#slots[index]
    if (slot !== undefined && slot.variable === null) {
      slot.variable = prefixVariable(slot.name) ?? { name: slot.name, get: () => '', cacheable: true }
    }
    return index
  }

  /** The names that nothing defines, each with the place of its first use: nginx refuses them. */
  unknown(): readonly { readonly name: string; readonly span: Span }[] {
    for (const slot of this.#slots) slot.variable ??= builtinVariable(slot.name) ?? prefixVariable(slot.name)
    return this.#slots.filter(({ variable }) => variable === null).map(({ name, span }) => ({ name, span }))
  }

  at(slot: number): Variable {
    const variable = this.#slots[slot]?.variable
    if (variable === null || variable === undefined) throw new Error(`variable ${slot} is read before it is defined`)
    return variable
  }

  slotOf(name: string): number {
    const slot = this.#byName.get(name.toLowerCase())
    if (slot === undefined) throw new Error(`variable "${name}" has no slot`)
    return slot
  }

  replacesCaptures(slot: number): boolean {
    return this.#slots[slot]?.replacesCaptures ?? false
  }
}
