import path from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { displayPath } from '../diagnostics/read-source.ts'
import type { InvalidFile } from '../runner/result.ts'
import { findScenarioFiles } from '../scenario/find-scenario-files.ts'
import { loadScenario, type ScenarioOptions } from '../scenario/load-scenario.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { readVariables } from '../scenario/variables.ts'
import { optionsFor } from '../scenario/workspace.ts'

/** The scenarios of some files and folders, and the files that are none, each with everything that is wrong with it. */
export interface Suite {
  readonly scenarios: readonly Scenario[]
  readonly invalid: readonly InvalidFile[]
  /** What valid files may well mean, and hardly do; empty unless that was asked for. */
  readonly warnings: readonly Diagnostic[]
}

/** With the lines that paths named, by the scenario's file as messages show it. */
export interface NamedSuite extends Suite {
  readonly lines: ReadonlyMap<string, readonly number[]>
}

/**
 * Finds, reads and checks scenario files. What is wrong with one file costs only that file. What nginx and the gateway say of
 * a chain's files is not asked here: a chain that they refuse is a scenario like another.
 */
export function loadSuite(paths: readonly string[], { lint = false }: { readonly lint?: boolean } = {}): NamedSuite {
  const found = findScenarioFiles(paths)
  const scenarios: Scenario[] = []
  const suspicious: Diagnostic[] = []
  const invalid: InvalidFile[] = found.diagnostics.map((problem) => ({
    file: problem.span.file,
    diagnostics: [problem],
  }))
  const options = new Map<string, ScenarioOptions>()
  for (const file of found.files) {
    const dir = path.dirname(file)
    const own = options.get(dir) ?? optionsFor(file)
    options.set(dir, own)
    const { scenario, diagnostics, warnings } = loadScenario(file, { ...own, lint })
    suspicious.push(...warnings)
    if (scenario === null) invalid.push({ file: displayPath(file), diagnostics })
    else scenarios.push(scenario)
  }
  const lines = new Map([...found.lines].map(([file, named]) => [displayPath(file), named]))
  return { scenarios, invalid, warnings: suspicious, lines }
}

/** Scenarios with the values of the environment's variables; those that want one which is not set are not valid here. */
export function withVariables(scenarios: readonly Scenario[]): Omit<Suite, 'warnings'> {
  const read = scenarios.map((one) => ({ file: one.source.file, ...readVariables(one, process.env) }))
  return {
    scenarios: read.flatMap(({ scenario }) => scenario ?? []),
    invalid: read.flatMap(({ scenario, file, diagnostics }) => (scenario === null ? [{ file, diagnostics }] : [])),
  }
}

/** Each problem once: scenarios that share a chain have its problems in common. */
export function distinct(problems: readonly Diagnostic[]): Diagnostic[] {
  const byPlace = new Map(
    problems.map((problem) => {
      const { file, line, column } = problem.span
      return [`${file}:${line}:${column}:${problem.code}:${problem.message}`, problem]
    }),
  )
  return [...byPlace.values()]
}
