import type { Rule } from '../../../trace/trace.ts'
import type { Touches } from './rule.ts'

/** A directive that the model does not know, and where on its way a request comes to it. */
export interface Refusal {
  readonly rule: Rule
  readonly because: string
  readonly touches: Touches
}

/** Those of a location, inherited ones too, by the directive's name. */
export type Refusals = ReadonlyMap<string, Refusal>
