import type { Span } from '../../../diagnostics/span.ts'
import type { VersionRules } from '../../versions.ts'
import { refuseRequest } from '../request/refuse-request.ts'
import type { RequestState, Variable, VariableTable } from '../request/request-state.ts'
import { builtinVariable, prefixVariable } from './builtin-variables.ts'
import { connectionVariable } from './connection-variables.ts'
import { isUnmodelled } from './unmodelled-variables.ts'

/** Where variables come from: nginx itself, a `map` or `geo`, a `set`, or a named group of a regular expression. */
interface Slot {
  readonly name: string
  variable: Variable | null
  /** Where it is first used. */
  readonly span: Span
  /** Whether a `map` with a regular expression stands behind it: reading it replaces the captures. */
  replacesCaptures: boolean
  /** Whether the model may have no value for it: then each use has a slot of its own, to say where it stands. */
  readonly mayBeRefused: boolean
  /** Whether the site file gives it a value. */
  isDefined: boolean
}

/** Every variable that a site file names, each with a slot in which a request keeps its value. Names ignore case. */
export class Variables implements VariableTable {
  readonly #rules: VersionRules
  readonly #ofModules: ReadonlyMap<string, Variable>
  readonly #slots: Slot[] = []
  readonly #byName = new Map<string, number>()

  /** @param ofModules variables that modules give values to, by their names */
  constructor(rules: VersionRules, ofModules: ReadonlyMap<string, Variable>) {
    this.#rules = rules
    this.#ofModules = ofModules
  }

  /** Whether nginx has a variable of that name (in lower case) for itself, whose value is known. */
  isNginxs(name: string): boolean {
    return builtinVariable(name, this.#rules) !== null || this.#ofModules.has(name)
  }

  #nginxs(name: string): Variable | null {
    return this.#ofModules.get(name) ?? builtinVariable(name, this.#rules) ?? prefixVariable(name, this.#rules)
  }

  /** The slot of a variable that is used at `span`. */
  use(name: string, span: Span): number {
    const key = name.toLowerCase()
    const isTlv = this.#rules.proxyProtocolTlv && key.startsWith('proxy_protocol_tlv_')
    return isUnmodelled(key) || isTlv ? this.#add(key, span, true) : this.#own(key, span)
  }

  /** The slot that the variable's value is kept in. */
  #own(key: string, span: Span): number {
    const known = this.#byName.get(key)
    if (known !== undefined) return known
    const slot = this.#add(key, span, false)
    this.#byName.set(key, slot)
    return slot
  }

  #add(name: string, span: Span, mayBeRefused: boolean): number {
    return this.#slots.push({ name, variable: null, span, replacesCaptures: false, mayBeRefused, isDefined: false }) - 1
  }

  /** Gives a variable its value: `map`, `geo`. The last definition of a name counts, as in nginx. */
  define(variable: Variable, span: Span, replacesCaptures: boolean): void {
    const slot = this.#slots[this.#own(variable.name.toLowerCase(), span)]
    if (slot === undefined) return
    slot.variable = variable
    slot.isDefined = true
    slot.replacesCaptures = replacesCaptures
  }

  /** A variable that `set` or a named group fills in; empty before that, or what nginx itself has for a name like `$http_x`. */
  declare(name: string, span: Span): number {
    const index = this.#own(name.toLowerCase(), span)
    const slot = this.#slots[index]
    if (slot === undefined) return index
    slot.variable ??= this.#beforeSet(slot)
    slot.isDefined = true
    return index
  }

  /** What a variable that `set` fills in has before that: nginx's own value, or none. */
  #beforeSet({ name, span }: Slot): Variable {
    const own = this.#nginxs(name)
    if (own !== null) return own
    return isUnmodelled(name) ? refusing(name, span) : { name, get: () => '', cacheable: true }
  }

  /** The variables that the site file gives values to, each with the place of its first use. */
  defined(): readonly { readonly text: string; readonly span: Span }[] {
    return this.#slots.filter(({ isDefined }) => isDefined).map(({ name, span }) => ({ text: name, span }))
  }

  /** The names that nothing defines, each with the place of its first use: nginx refuses them. */
  unknown(): readonly { readonly name: string; readonly span: Span }[] {
    for (const slot of this.#slots) {
      slot.variable ??= slot.mayBeRefused ? this.#elsewhere(slot) : this.#nginxs(slot.name)
    }
    return this.#slots.filter(({ variable }) => variable === null).map(({ name, span }) => ({ name, span }))
  }

  /** What the site file itself makes of a name that the model has no value for; without that, a request that reads it is refused. */
  #elsewhere({ name, span }: Slot): Variable {
    const own = this.#byName.get(name)
    // nginx reads `$limit_rate` back in bytes, whatever `set` wrote.
    if (own === undefined || name === 'limit_rate') return refusing(name, span)
    return { name, get: (state) => state.variable(own), cacheable: false }
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

  /** The slot of a variable that the site file gives a value to; null where it does not. */
  slotDefined(name: string): number | null {
    const slot = this.#byName.get(name)
    return slot !== undefined && this.#slots[slot]?.isDefined ? slot : null
  }

  /** Whether reading this slot may refuse a request. */
  mayBeRefused(slot: number): boolean {
    return this.#slots[slot]?.mayBeRefused ?? false
  }

  replacesCaptures(slot: number): boolean {
    const entry = this.#slots[slot]
    const own = entry?.mayBeRefused ? this.#byName.get(entry.name) : slot
    return own !== undefined && (this.#slots[own]?.replacesCaptures ?? false)
  }
}

/** A variable that a request cannot read, unless a real connection knows it: the model has no value for it. */
function refusing(name: string, span: Span): Variable {
  const rule = { text: `$${name}`, span }
  const get = (state: RequestState): string | null => {
    const value = connectionVariable(name, state)
    return value === undefined ? refuseRequest(rule, `the variable $${name} is not modelled`) : value
  }
  return { name, get, cacheable: false }
}
