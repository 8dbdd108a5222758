import type { DecidedBy, NearMiss, Reason, Rule } from '../../chain/trace.ts'
import type { NginxDecision } from '../site.ts'
import { nearMissesOf } from './near-misses.ts'
import type { RequestState } from './request-state.ts'

/** Why nginx did what it did up to now. Reasons and near misses are worded only when they are read. */
export function decisionOf(state: RequestState): NginxDecision {
  return new Decision(state)
}

class Decision implements NginxDecision {
  readonly server: Rule
  readonly location: Rule | null
  readonly matched: string | null
  readonly rule: Rule
  readonly decidedBy: DecidedBy
  readonly #state: RequestState
  readonly #reasonCount: number
  readonly #choiceCount: number

  constructor(state: RequestState) {
    this.server = state.server.rule
    this.location = state.location.label === null ? null : state.location.rule
    this.matched = state.location.label
    this.rule = state.rule
    const { headerRules, readTimeoutRule } = state.location.settings.proxy
    this.decidedBy = {
      location: this.location === null ? null : (state.ledBy ?? this.location),
      target: state.targetRule,
      headers: headerRules,
      readTimeout: readTimeoutRule,
    }
    this.#state = state
    this.#reasonCount = state.reasons.length
    this.#choiceCount = state.choices.length
  }

  get reasons(): readonly Reason[] {
    return this.#state.reasons.slice(0, this.#reasonCount).map((reason) => reason())
  }

  get nearMisses(): readonly NearMiss[] {
    return this.#state.choices.slice(0, this.#choiceCount).flatMap(nearMissesOf)
  }
}
