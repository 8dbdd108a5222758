import { jsonReporter } from '../reporters/json.ts'
import { junitReporter } from '../reporters/junit.ts'
import { prettyReporter } from '../reporters/pretty.ts'
import type { Reporter, ReporterOptions } from '../reporters/reporter.ts'
import { tapReporter } from '../reporters/tap.ts'

const REPORTERS = { pretty: prettyReporter, json: jsonReporter, junit: junitReporter, tap: tapReporter } as const

export type ReporterName = keyof typeof REPORTERS

/** A reporter by its name. Its `onScenario` and `onAgreement` are for `runScenarios`, its `onEnd` for what that gives. */
export function openReporter(name: ReporterName, options: ReporterOptions): Reporter {
  return REPORTERS[name](options)
}
