import type { Blame } from '../diagnose/blame.ts'
import type { Variant } from '../scenario/scenario.ts'
import type { Problem, StepResult, Verdict } from './result.ts'

/** From the worst to the best: a broken environment says nothing about the scenario, a failure says more than a gap. */
const ORDER: readonly Verdict[] = ['error', 'fail', 'unsupported', 'pass']

/** The verdict of several together: the worst of them; `pass` where there are none. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return ORDER.find((verdict) => verdicts.includes(verdict)) ?? 'pass'
}

/** What steps showed by themselves. Only the last one can be anything but `pass`: a run stops there. */
export function stepsVerdictOf(steps: readonly StepResult[]): Verdict {
  return steps.at(-1)?.verdict ?? 'pass'
}

/** Whether a run showed what its variant says it must, and in a sentence why not. */
export function judgeRun(
  variant: Pick<Variant, 'must' | 'blame' | 'rule'>,
  stepsVerdict: Verdict,
  problem: Problem | null,
  steps: readonly StepResult[],
): { readonly verdict: Verdict; readonly because: string | null } {
  const last = steps.at(-1)
  // An invalid chain or a broken environment shows no bug, whatever the variant must do.
  if (variant.must === 'pass' || problem !== null || (last?.problem ?? null) !== null) {
    return { verdict: stepsVerdict, because: null }
  }
  if (stepsVerdict === 'pass') return fail('the buggy chain passes: the scenario does not show the bug')
  const wrong = wrongReason(variant, last?.blame ?? null)
  return wrong === null ? { verdict: 'pass', because: null } : fail(wrong)
}

function wrongReason({ blame: hop, rule }: Pick<Variant, 'blame' | 'rule'>, blame: Blame | null): string | null {
  if (hop !== null && hop !== blame?.hop && hop !== blame?.service) {
    return `it fails, but blames ${blame?.hop ?? 'nobody'} instead of ${hop}`
  }
  if (rule !== null && blame?.rule?.text.includes(rule) !== true) {
    return `it fails, but for ${blame?.rule ? `the rule "${blame.rule.text}"` : 'no rule'} instead of "${rule}"`
  }
  return null
}

function fail(because: string): { readonly verdict: Verdict; readonly because: string } {
  return { verdict: 'fail', because }
}
