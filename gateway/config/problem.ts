import type { TextProblem } from '../path-pattern.ts'
import type { Place } from '../place.ts'

/** One thing that is wrong with the config, as data. `code` is stable; `hint` says what to do. */
export interface ConfigProblem {
  readonly code: ProblemCode
  readonly message: string
  readonly hint?: string
  readonly place: Place
}

export type ProblemCode =
  | 'E_GATEWAY_YAML'
  | 'E_GATEWAY_EMPTY'
  | 'E_GATEWAY_SIZE'
  | 'E_GATEWAY_DUPLICATE_KEY'
  | 'E_GATEWAY_UNKNOWN_KEY'
  | 'E_GATEWAY_MISSING_KEY'
  | 'E_GATEWAY_VALUE'
  | 'E_GATEWAY_DUPLICATE_PATH'
  | 'E_GATEWAY_AMBIGUOUS_REWRITE'
  | 'E_GATEWAY_AUTH'

/** A file with more problems than this is not read problem by problem. */
const MAX_PROBLEMS = 100

/** Collects the problems of all files, so that all of them can be told at once. */
export class Problems {
  readonly #list: ConfigProblem[] = []

  get list(): readonly ConfigProblem[] {
    return this.#list
  }

  /** Looking for the places of more would cost more than anybody reads. */
  get isFull(): boolean {
    return this.#list.length >= MAX_PROBLEMS
  }

  add(code: ProblemCode, place: Place, text: TextProblem): void {
    const { problem: message, hint } = text
    if (!this.isFull) this.#list.push({ code, message, place, ...(hint !== undefined && { hint }) })
  }
}
