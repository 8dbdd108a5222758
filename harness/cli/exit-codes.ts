import type { RunReport } from '../runner/result.ts'

/** What the process ends with. A CI gate reads these, so they never change their meaning. */
export const EXIT = {
  /** Every scenario passed. */
  passed: 0,
  /** A scenario failed, environments disagree, or no environment of the run could show a scenario. */
  failed: 1,
  /** Wrong use of the command, or a file that is not valid. */
  invalid: 2,
  /** An environment is missing or broke, or a report or evidence could not be written. */
  environment: 3,
  /** Stopped by a signal: 128 and its number. */
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Where several codes apply, the highest one counts: it says most about what the rest is worth. */
export function highest(codes: readonly ExitCode[]): ExitCode {
  return codes.toSorted((one, other) => other - one)[0] ?? EXIT.passed
}

/** The code that the results of a run come to. */
export function exitCodeOf({ scenarios, agreements, gaps, allowUnsupported, invalid }: RunReport): ExitCode {
  const hasFailed = scenarios.some(({ verdict }) => verdict === 'fail')
  const disagrees = agreements.some(({ verdict }) => verdict === 'disagree')
  const isNotShown = gaps.length > 0 && !allowUnsupported
  return highest([
    hasFailed || disagrees || isNotShown ? EXIT.failed : EXIT.passed,
    invalid.length > 0 ? EXIT.invalid : EXIT.passed,
    scenarios.some(({ verdict }) => verdict === 'error') ? EXIT.environment : EXIT.passed,
  ])
}
