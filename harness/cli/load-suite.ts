import path from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { displayPath } from '../diagnostics/read-source.ts'
import type { InvalidFile } from '../runner/result.ts'
import { type FoundFiles, findScenarioFiles } from '../scenario/find-scenario-files.ts'
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
  const suspicious: Diagnostic[] = []
  const options = new Map<string, ScenarioOptions>()
  const optionsOf = (file: string): ScenarioOptions => {
    const dir = path.dirname(file)
    const own = options.get(dir) ?? optionsFor(file)
    options.set(dir, own)
    return own
  }
  const files = found.files.map((file) => {
    const { loaded, warnings } = readFile(file, { ...optionsOf(file), lint })
    suspicious.push(...warnings)
    return loaded
  })
  return { ...suiteOf(found, files), warnings: suspicious }
}

/** A scenario file as it was read: a scenario, or one that is not valid. */
export type LoadedFile = Scenario | InvalidFile

/** Reads and checks one scenario file, an absolute path. */
export function loadFile(file: string, options: ScenarioOptions): LoadedFile {
  return readFile(file, options).loaded
}

function readFile(
  file: string,
  options: ScenarioOptions,
): { readonly loaded: LoadedFile; readonly warnings: readonly Diagnostic[] } {
  const { scenario, diagnostics, warnings } = loadScenario(file, options)
  return { loaded: scenario ?? { file: displayPath(file), diagnostics }, warnings }
}

/** The suite of files that were found and read. */
export function suiteOf(found: FoundFiles, files: readonly LoadedFile[]): NamedSuite {
  const missing = found.diagnostics.map((problem) => ({ file: problem.span.file, diagnostics: [problem] }))
  return {
    scenarios: files.filter(isScenario),
    invalid: [...missing, ...files.flatMap((file) => (isScenario(file) ? [] : [file]))],
    warnings: [],
    lines: new Map([...found.lines].map(([file, named]) => [displayPath(file), named])),
  }
}

function isScenario(file: LoadedFile): file is Scenario {
  return 'variants' in file
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
