import type { HeaderChange, Rule } from '../../../trace/trace.ts'
import type { NginxDecision, PassDecision } from '../../site.ts'
import { nearMissesOf } from '../locations/near-misses.ts'
import type { Location } from '../site-config.ts'
import type { UpstreamSettings } from '../upstreams/upstream-settings.ts'
import type { OpenPass } from './open-pass.ts'

/** A pass that began: what was decided in it, or, as long as it is not over, the request that is in it. */
export interface BegunPass {
  readonly of: Omit<Deciding, 'passes' | 'answerHeaders'>
  over: PassDecision | null
}

/** What a decision is made of. */
interface Deciding {
  readonly passes: readonly BegunPass[]
  readonly pass: OpenPass
  readonly location: Location
  readonly rule: Rule
  readonly targetRule: Rule | null
  readonly upstream: { readonly settings: UpstreamSettings } | null
  readonly answerHeaders: readonly HeaderChange[]
}

/** What nginx did up to now, pass by pass. */
export function decisionOf(state: Pick<Deciding, 'passes' | 'answerHeaders'>): NginxDecision {
  return {
    passes: state.passes.map(({ of, over }) => over ?? decidedSoFar(of)),
    answerHeaders: [...state.answerHeaders],
  }
}

/** What was decided in the pass that is not over. */
export function decidedSoFar({ pass, location, rule, targetRule, upstream }: BegunPass['of']): PassDecision {
  const { headerRules, readTimeoutRule, methodRule, bodyRule, requestHeadersRule } =
    upstream?.settings ?? location.settings.proxy
  const choices = [...pass.choices]
  return {
    matched: location.label,
    ledBy: pass.ledBy,
    subrequest: pass.subrequest,
    decidedBy: {
      whole: rule,
      location: location.label === null ? null : location.rule,
      target: targetRule,
      to: null,
      method: methodRule,
      body: bodyRule,
      requestHeaders: requestHeadersRule,
      headers: headerRules,
      readTimeout: readTimeoutRule,
    },
    reasons: [...pass.reasons],
    // A site of a thousand locations has many to look at, and most decisions are never explained.
    nearMisses: () => choices.flatMap(nearMissesOf),
  }
}
