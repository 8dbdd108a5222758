import { describe, test } from 'vitest'
import { renderDiagnostics } from '../diagnostics/render.ts'
import { simulated } from '../environments/simulated/simulated.ts'
import { renderFailure } from '../reporters/failure.ts'
import { headlineOf } from '../reporters/headline.ts'
import { renderRefusals } from '../reporters/refusal.ts'
import { isSecretColumn } from '../runner/run-once.ts'
import { runScenario } from '../runner/run-scenario.ts'
import { loadScenario } from '../scenario/load-scenario.ts'
import type { Scenario, Variant } from '../scenario/scenario.ts'
import { readVariables } from '../scenario/variables.ts'
import { optionsFor } from '../scenario/workspace.ts'
import { MASK } from '../secrets/mask.ts'
import { maskDiagnostics } from '../secrets/mask-diagnostic.ts'

export interface ScenarioTestOptions {
  /** Skips what `simulated` cannot show; without it that fails. */
  readonly allowUnsupported?: boolean
}

/** Fixed, so that a test that fails fails again. */
const SEED = 1

/**
 * Registers the tests of a scenario file: one for every variant and example row. A file that is not valid is one failing test.
 * A scenario that `simulated` cannot show fails too, or is skipped where that is allowed; either says why.
 */
export function testScenario(file: string, { allowUnsupported = false }: ScenarioTestOptions = {}): void {
  const loaded = loadScenario(file, optionsFor(file))
  const { scenario, diagnostics } = loaded.scenario === null ? loaded : readVariables(loaded.scenario, process.env)
  if (scenario === null) {
    test('is a valid scenario', () => {
      throw new ScenarioFailure(renderDiagnostics(maskDiagnostics(diagnostics), { color: false }))
    })
    return
  }
  describe(scenario.name, () => {
    for (const variant of scenario.variants) {
      for (const example of scenario.examples) {
        test(titleOf(scenario, variant, example), async ({ skip }) => {
          const because = await runOne(scenario, variant, example)
          if (because === null) return
          if (allowUnsupported) skip(because)
          throw new ScenarioFailure(`unsupported: ${because}\nTo skip it: scenarioFiles({ allowUnsupported: true })`)
        })
      }
    }
  })
}

/** Null where it passed; a text is why it cannot be shown. @throws {ScenarioFailure} it did not pass */
async function runOne(
  scenario: Scenario,
  variant: Variant,
  example: Readonly<Record<string, string>>,
): Promise<string | null> {
  const one = { ...scenario, variants: [variant], examples: [example] }
  const result = await runScenario(one, simulated, { seed: SEED })
  const [run] = result.runs
  if (result.verdict === 'unsupported' && run !== undefined) return headlineOf(run)
  if (result.verdict !== 'pass') throw new ScenarioFailure(renderFailure(result, { color: false }))
  if (run !== undefined)
    for (const warning of renderRefusals(result, run, { color: false })) process.stderr.write(`${warning}\n`)
  return null
}

function titleOf(scenario: Scenario, { name, must }: Variant, example: Readonly<Record<string, string>>): string {
  const { variants, examples } = scenario
  const shown = ([key, value]: [string, string]) => `${key}=${isSecretColumn(key, scenario) ? MASK : value}`
  const row = examples.length > 1 ? Object.entries(example).map(shown) : []
  const parts = [name === null ? [] : [name], variants.length > 1 ? [`must ${must}`] : [], row].flat()
  return parts.length === 0 ? 'passes' : parts.join(', ')
}

/** What a reader needs is the report; a stack through the harness would hide it. */
class ScenarioFailure extends Error {
  constructor(report: string) {
    super(`\n${report}`)
    this.name = 'ScenarioFailure'
    this.stack = `${this.name}: ${this.message}`
  }
}
