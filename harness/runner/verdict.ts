import type { Blame } from '../diagnose/blame.ts'
import type { Variant } from '../scenario/scenario.ts'
import type { Problem, StepResult, Verdict } from './result.ts'

/** From the worst to the best: a broken environment says nothing about the scenario, a failure says more than a gap. */
const ORDER: readonly Verdict[] = ['error', 'fail', 'unsupported', 'pass']

/** The verdict of several together: the worst of them; `pass` where there are none. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return ORDER.find((verdict) => verdicts.includes(verdict)) ?? 'pass'
}

/** Whether somebody has to look into it. */
export function isBad(verdict: Verdict): boolean {
  return verdict === 'fail' || verdict === 'error'
}

/** What steps showed by themselves. Only the last one can be anything but `pass`: a run stops there. */
export function stepsVerdictOf(steps: readonly StepResult[]): Verdict {
  return steps.at(-1)?.verdict ?? 'pass'
}

/** Whether a run showed what its variant says it must, and in a sentence why not. */
export function judgeRun(
  variant: Pick<Variant, 'must' | 'blame' | 'rule' | 'refused'>,
  stepsVerdict: Verdict,
  problem: Problem | null,
  steps: readonly StepResult[],
): { readonly verdict: Verdict; readonly because: string | null } {
  const last = steps.at(-1)
  if (variant.refused !== null) return judgeRefusal(variant.refused, variant.blame, stepsVerdict, problem)
  // An invalid chain or a broken environment shows no bug, whatever the variant must do.
  if (variant.must === 'pass' || problem !== null || (last?.problem ?? null) !== null) {
    return { verdict: stepsVerdict, because: null }
  }
  if (stepsVerdict === 'pass') return fail('the buggy chain passes: the scenario does not show the bug')
  const wrong = wrongReason(variant, last?.blame ?? null)
  return wrong === null ? { verdict: 'pass', because: null } : fail(wrong)
}

/** Whether a chain was refused as its variant says. Where it could not be tried, nothing is known. */
function judgeRefusal(words: string, hop: string | null, stepsVerdict: Verdict, problem: Problem | null) {
  if (problem === null) return fail(`nginx and the gateway start with this chain; none of them says "${words}"`)
  if (problem.refusedBy === null) return { verdict: stepsVerdict, because: null }
  if (hop !== null && hop !== problem.refusedBy) return fail(`${problem.refusedBy} refuses it, not ${hop}`)
  if (says(problem, words)) return { verdict: 'pass' as const, because: null }
  return fail(`${problem.refusedBy} refuses it, but says "${problem.message}" instead of "${words}"`)
}

/** Whether a program that refused its files has used these words. */
export function says({ diagnostics }: Problem, words: string): boolean {
  return diagnostics.some(({ message }) => message.includes(words))
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
