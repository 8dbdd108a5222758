import path from 'node:path'
import type { Chain } from '../chain/chain.ts'
import type { Blame } from '../diagnose/blame.ts'
import { Source } from '../diagnostics/source.ts'
import type { Span } from '../diagnostics/span.ts'
import { simulated } from '../environments/simulated/simulated.ts'
import { runScenario } from '../runner/run-scenario.ts'
import { parseScenario } from '../scenario/load-scenario.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { Fault } from './faults.ts'

/** What blame said of a fault. */
export interface Scored {
  readonly fault: Fault
  readonly blame: Blame | null
  /** The line that was named, as it stands in its file; null where none was. */
  readonly line: string | null
  readonly isHopRight: boolean
  readonly isLineRight: boolean
}

const ROOT = path.join(import.meta.dirname, '../../scenarios')

/** Runs a fault's scenario on the simulated chain, and holds what blame says against what it has to say. */
export async function scoreFault(fault: Fault): Promise<Scored> {
  const scenario = scenarioOf(fault)
  const result = await runScenario(scenario, simulated, { seed: 1, keepTraces: true })
  const step = result.runs[0]?.steps.at(-1)
  if (result.verdict !== 'fail' || step === undefined) {
    throw new Error(
      `The fault "${fault.name}" is not shown: ${result.verdict}, ${JSON.stringify(result.runs[0]?.problem)}`,
    )
  }
  const { blame } = step
  const chain = scenario.variants[0]?.chain
  const line = blame?.rule?.span && chain ? lineAt(blame.rule.span, sourcesOf(scenario, chain)) : null
  return {
    fault,
    blame,
    line,
    isHopRight: blame !== null && (blame.hop === fault.blame || blame.service === fault.blame),
    isLineRight: line?.includes(fault.line) === true,
  }
}

function scenarioOf({ name, chain, secured, steps }: Fault): Scenario {
  const from = secured ? 'chains/flowmaster-secured' : 'chains/flowmaster'
  const text = `scenario: ${JSON.stringify(name)}\nchain:\n  from: ${from}\n${chain === undefined ? '' : `  ${chain}\n`}steps:${steps}\n`
  const { scenario, diagnostics } = parseScenario(new Source(path.join(ROOT, 'fault.yaml'), text), { root: ROOT })
  if (scenario === null) throw new Error(`The fault "${name}" is no scenario: ${diagnostics[0]?.message}\n${text}`)
  return scenario
}

function sourcesOf({ source }: Scenario, { site, includes, gatewayConfig, serviceFiles }: Chain): Source[] {
  const { routes, middleware, auth } = gatewayConfig
  return [source, site, ...includes.values(), routes, middleware, auth, ...serviceFiles].flatMap((one) => one ?? [])
}

function lineAt({ file, line }: Span, sources: readonly Source[]): string | null {
  const source = sources.find((one) => one.file === file)
  return source?.text.split('\n')[line - 1]?.trim() ?? null
}
