/** What the process ends with. A CI gate reads these, so they never change their meaning. */
export const EXIT = {
  /** Every scenario passed (or this environment cannot show it, and the report says so). */
  passed: 0,
  /** A scenario failed, or environments disagree. */
  failed: 1,
  /** Wrong use of the command, or a file that is not valid. */
  invalid: 2,
  /** An environment is missing or broke. */
  environment: 3,
  /** Stopped by Ctrl-C (128 + SIGINT). */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
