import path from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { checkChain } from '../environments/check-chain.ts'
import { findRoot, findScenarioFiles } from '../scenario/find-scenario-files.ts'
import { loadScenario } from '../scenario/load-scenario.ts'
import type { Scenario } from '../scenario/scenario.ts'

/** Scenarios to run, or every problem of every file: nothing starts before all of them are right. */
export interface Suite {
  readonly scenarios: readonly Scenario[]
  readonly diagnostics: readonly Diagnostic[]
  readonly fileCount: number
}

/** Finds, reads and checks scenario files and the chains that they name. */
export function loadSuite(paths: readonly string[]): Suite {
  const found = findScenarioFiles(paths)
  const scenarios: Scenario[] = []
  const problems: Diagnostic[] = [...found.diagnostics]
  const roots = new Map<string, string>()
  for (const file of found.files) {
    const dir = path.dirname(file)
    const root = roots.get(dir) ?? findRoot(file)
    roots.set(dir, root)
    const { scenario, diagnostics } = loadScenario(file, { root })
    problems.push(...diagnostics)
    if (scenario !== null) scenarios.push(scenario)
  }
  for (const chain of new Set(scenarios.flatMap(({ variants }) => variants.map(({ chain }) => chain)))) {
    problems.push(...checkChain(chain))
  }
  return { scenarios, diagnostics: distinct(problems), fileCount: found.files.length }
}

/** Chains that differ in one file have the problems of the others in common. */
function distinct(problems: readonly Diagnostic[]): Diagnostic[] {
  const byPlace = new Map(
    problems.map((problem) => {
      const { file, line, column } = problem.span
      return [`${file}:${line}:${column}:${problem.code}:${problem.message}`, problem]
    }),
  )
  return [...byPlace.values()]
}
