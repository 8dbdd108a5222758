import { whereWritten } from '../../../diagnostics/composition.ts'
import type { Diagnostic } from '../../../diagnostics/diagnostic.ts'
import type { Source } from '../../../diagnostics/source.ts'
import type { Span } from '../../../diagnostics/span.ts'
import type { Environment, Gap } from '../../../environments/environment.ts'
import type { Scenario } from '../../../scenario/scenario.ts'
import { maskDiagnostics } from '../../../secrets/mask-diagnostic.ts'
import { environmentNames, loadEnvironments, NO_CLUSTER } from '../../environments.ts'
import { EXIT, type ExitCode } from '../../exit-codes.ts'
import { distinct, loadSuite } from '../../load-suite.ts'
import { loadsOf, refusalsIn } from '../../refusals.ts'
import { scenarioPaths } from '../../scenario-paths.ts'
import { complain, complainOf } from '../../terminal.ts'
import type { CheckCommandOptions } from './options.ts'

/**
 * `chain check`: every problem of every file at once; 2 where there is any. What nginx or the gateway would refuse, and no
 * scenario expects them to, is among them. What none of the environments can show is a warning, and what a scenario hardly means.
 */
export async function check(given: readonly string[], options: CheckCommandOptions): Promise<ExitCode> {
  const names = environmentNames(options.env)
  if (typeof names === 'string') {
    complain(names)
    return EXIT.invalid
  }
  const paths = scenarioPaths(given)
  const { scenarios, invalid, warnings: suspicious } = loadSuite(paths, { lint: true })
  if (scenarios.length + invalid.length === 0) {
    complain(
      `Failed to find a scenario in "${paths.join(' ')}": there is no .yaml file. Name a file or a folder of them.`,
    )
    return EXIT.invalid
  }
  const environments = await loadEnvironments(names, NO_CLUSTER)
  const warnings = scenarios.flatMap((scenario) => warningsOf(scenario, environments))
  const refusals = scenarios.flatMap(refusalsIn)
  const leftOut = scenarios.flatMap(leftOutOf)
  const problems = distinct([
    ...invalid.flatMap(({ diagnostics }) => diagnostics),
    ...refusals,
    ...leftOut,
    ...suspicious,
    ...warnings,
  ])
  if (options.json) process.stdout.write(problemsJson(problems, scenarios.length))
  else if (problems.length > 0) complainOf(problems)
  if (problems.some(({ severity }) => severity === 'error')) return EXIT.invalid
  if (options.nginx !== undefined) {
    const { upgrade } = await import('./upgrade.ts')
    return upgrade(scenarios, options.nginx)
  }
  if (!options.json)
    process.stdout.write(`${scenarios.length} ${scenarios.length === 1 ? 'scenario is' : 'scenarios are'} valid\n`)
  return EXIT.passed
}

/** Services of manifests that the scenario's chains cannot have. */
function leftOutOf({ variants }: Scenario): Diagnostic[] {
  return variants.flatMap(({ chain }) =>
    chain.leftOut.map(({ name, span, source, because }) => ({
      code: 'W_SERVICE_LEFT_OUT',
      severity: 'warning' as const,
      message: `Service "${name}" is left out: it ${because}`,
      span,
      source,
    })),
  )
}

/** The version of the shape below. It grows when a member changes its meaning or goes. */
const JSON_VERSION = 1

function problemsJson(problems: readonly Diagnostic[], validCount: number): string {
  const told = maskDiagnostics(problems).map(({ code, severity, message, span, hint = null }) => ({
    code,
    severity,
    message,
    ...span,
    hint,
  }))
  return `${JSON.stringify({ version: JSON_VERSION, valid: validCount, problems: told }, null, 2)}\n`
}

/** Everything that keeps a scenario from being shown; empty where one of the environments can show it. */
function warningsOf(scenario: Scenario, environments: readonly Environment[]): Diagnostic[] {
  const chains = scenario.variants.flatMap((variant) => [
    { chain: variant.chain, span: variant.span },
    ...loadsOf(scenario, variant).map(({ step, chain }) => ({ chain, span: step.span })),
  ])
  const found = environments.map((environment) =>
    chains.flatMap(({ chain, span }) => {
      const sources = [scenario.source, chain.site, ...chain.includes.values(), ...chain.serviceFiles]
      return environment.gaps(chain).map((gap) => warningOf(gap, environment.name, sources, gap.span ?? span))
    }),
  )
  return found.some((warnings) => warnings.length === 0) ? [] : found.flat()
}

function warningOf({ what, because }: Gap, name: string, sources: readonly Source[], span: Span): Diagnostic {
  const source = sources.find(({ file }) => file === span.file)
  const message = `${name} cannot show ${what}: ${because}`
  return whereWritten({ code: 'W_UNSUPPORTED', severity: 'warning', message, span, ...(source && { source }) })
}
