import { existsSync } from 'node:fs'
import path from 'node:path'
import { isInside } from '../chain/load-chain.ts'
import { checkShape } from '../diagnostics/check-shape.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Place } from '../diagnostics/place.ts'
import { Problems } from '../diagnostics/problems.ts'
import { displayPath, readSource, type SourceOrProblem } from '../diagnostics/read-source.ts'
import { readYaml, type YamlFile } from '../diagnostics/read-yaml.ts'
import { Source } from '../diagnostics/source.ts'
import { isPlainMap, type PlainValue } from '../diagnostics/yaml-to-plain.ts'
import { ChainBuilder } from './build-chain.ts'
import { buildVariants } from './build-variants.ts'
import type { ChainConfig } from './chain-config.ts'
import { checkEdits } from './check-edits.ts'
import { ABSENCES, CODES } from './codes.ts'
import { readRows, secretColumns } from './examples.ts'
import { withHome } from './key-homes.ts'
import { lint } from './lint.ts'
import { readSteps, stepsOf, toExample } from './read-steps.ts'
import type { PathBase } from './resolve-path.ts'
import type { Scenario, Step, Variant } from './scenario.ts'
import { scenarioHead, type WrittenScenario } from './schema.ts'
import { type ServiceNames, StepContext } from './step-context.ts'
import { findVariables } from './variables.ts'

/** A scenario, or every reason why the file is none. There are diagnostics exactly where there is no scenario. */
export interface ScenarioFileResult {
  readonly scenario: Scenario | null
  readonly diagnostics: readonly Diagnostic[]
  /** Of a valid file, what it may well mean, and hardly does; empty unless that was asked for. */
  readonly warnings: readonly Diagnostic[]
}

/** Where a scenario file belongs; `optionsFor` finds it. */
export interface ScenarioOptions {
  /** The absolute folder at which paths in the file begin; at the file's own folder they may, too. */
  readonly root: string
  /** The absolute folder out of which no path leads: the repository. As `root` where it is left out. */
  readonly bounds?: string
  /** The chains that it may name. */
  readonly config?: ChainConfig | null
  /** Looks for what is valid, and probably not meant. */
  readonly lint?: boolean
}

/** Reads and checks a scenario file whole. Never throws on what a file holds. */
export function loadScenario(file: string, options: ScenarioOptions): ScenarioFileResult {
  const result = leadsOut(file, options) ?? readSource(file)
  if ('source' in result) return parseScenario(result.source, options)
  const source = new Source(displayPath(file), '')
  const problems = new Problems()
  problems.add(source, source.spanAt(0, 1), result.problem.code, result.problem.message)
  return { scenario: null, diagnostics: problems.list, warnings: [] }
}

/** A symbolic link out of the folder may lead to any file of the machine, and a problem quotes what it reads. */
function leadsOut(file: string, { root, bounds = root }: ScenarioOptions): SourceOrProblem | null {
  if (!existsSync(file) || isInside(file, bounds)) return null
  const fact = `a symbolic link leads it out of "${displayPath(bounds)}". Put a copy inside`
  return { problem: { code: 'E_PATH_OUTSIDE', message: `Failed to read "${displayPath(file)}": ${fact}` } }
}

/** Checks the text of a scenario file; relative paths in it begin at the folder of `source.file`. */
export function parseScenario(source: Source, options: ScenarioOptions): ScenarioFileResult {
  const problems = new Problems()
  problems.addAll(options.config?.diagnostics ?? [])
  const file = readYaml(source, problems)
  const scenario = file === null ? null : readScenario(source, file, pathsOf(source, options), problems)
  if (problems.list.length > 0 || file === null || scenario === null) {
    const diagnostics = withoutConsequences(source.file, problems.list).map(withHome)
    return { scenario: null, diagnostics, warnings: [] }
  }
  return {
    scenario,
    diagnostics: [],
    warnings: options.lint === true ? lint(file.value, file.place, columnsOf(scenario)) : [],
  }
}

function pathsOf(source: Source, { root, bounds = root, config = null }: ScenarioOptions): PathBase {
  const dir = path.dirname(path.resolve(source.file))
  return { bounds, bases: [root, dir, ...(config === null ? [] : [path.dirname(config.file)])], dir, chains: config }
}

function columnsOf({ examples: [row = {}] }: Scenario): string[] {
  return Object.keys(row)
}

/**
 * From the line before the first syntax error on, a file is read as something else than it was meant to be: what is wrong there is
 * noise. A line that is indented too far becomes a part of the one before it.
 */
function withoutConsequences(file: string, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const isSyntax = ({ code, span }: Diagnostic) => code === 'E_YAML_SYNTAX' && span.file === file
  const firstLine = Math.min(...diagnostics.filter(isSyntax).map(({ span }) => span.line))
  if (firstLine === Number.POSITIVE_INFINITY) return diagnostics
  const isKnown = ({ code, span }: Diagnostic) =>
    span.file !== file || (span.line < firstLine - 1 && !ABSENCES.has(code))
  return diagnostics.filter((diagnostic) => isSyntax(diagnostic) || isKnown(diagnostic))
}

function readScenario(
  source: Source,
  { value, place }: YamlFile,
  paths: PathBase,
  problems: Problems,
): Scenario | null {
  const head = checkShape(scenarioHead, value, place, CODES, problems)?.value ?? null
  const parts = head ?? salvage(value)
  const chains = new ChainBuilder(head?.scenario ?? '', paths, problems)
  const variants = buildVariants(parts, place, chains, problems)
  if (head !== null && head.chain === undefined && head.variants === undefined && !chains.hasDefault) {
    const { keySpan } = place.at('scenario')
    problems.add(source, keySpan, 'E_CHAIN_INCOMPLETE', 'the scenario has no chain', 'Write chain: chains/NAME')
  }
  if (head !== null) checkSteps(head, place, problems)
  const rows = readRows(parts.examples, place.at('examples'), problems)
  const stepsByRow = readSteps(value, place.at('steps'), rows, new StepContext(problems, serviceNames(variants)))
  const variables = findVariables(value, place, problems)
  if (head === null || variants === null || problems.list.length > 0) return null
  for (const steps of stepsByRow.values()) {
    if (head.steps !== undefined) checkExpectations(steps, place, problems)
    for (const { chain } of variants) checkEdits(steps, chain, place.at('steps'), problems)
  }
  const { scenario: name, tags = [] } = head
  return {
    name,
    source,
    tags,
    variants,
    examples: rows.map(toExample),
    secretColumns: secretColumns(rows),
    variables,
    stepsFor: (row) => stepsOf(stepsByRow, row),
  }
}

/** The parts of a file that has a problem elsewhere, so that steps can still be checked against them. */
function salvage(value: PlainValue): Pick<WrittenScenario, 'chain' | 'variants' | 'examples' | 'refused'> {
  if (!isPlainMap(value)) return {}
  const { chain, variants, examples, refused } = scenarioHead.shape
  return {
    chain: chain.safeParse(value.chain).data,
    refused: refused.safeParse(value.refused).data,
    variants: variants.safeParse(value.variants).data,
    examples: examples.safeParse(value.examples).data,
  }
}

/** On a chain that is refused no step runs: there are steps exactly where a chain may start. */
function checkSteps({ steps, refused, variants }: WrittenScenario, place: Place, problems: Problems): void {
  const chains = variants === undefined ? [{ refused }] : Object.values(variants)
  const mayStart = chains.length === 0 || chains.some((chain) => chain.refused === undefined)
  if (mayStart && steps === undefined) {
    problems.add(place.source, place.span, CODES.missingKey, '"steps" is missing')
  } else if (!mayStart && steps !== undefined) {
    const { source, keySpan } = place.at('steps')
    problems.add(source, keySpan, 'E_VARIANTS', 'no step can run: the chain must be refused', 'Leave the steps out.')
  }
}

function checkExpectations(steps: readonly Step[], place: Place, problems: Problems): void {
  if (steps.some((step) => step.kind !== 'change' || step.refused !== null)) return
  const message = 'no step of this scenario expects anything'
  problems.add(place.source, place.at('steps').keySpan, 'E_EXPECTS_NOTHING', message, 'Add a request with an expect.')
}

function serviceNames(variants: readonly Variant[] | null): ServiceNames | null {
  if (variants === null) return null
  const lists = variants.map(({ chain }) => chain.services.map(({ name }) => name))
  const [first = [], ...others] = lists
  return {
    inEvery: first.filter((name) => others.every((list) => list.includes(name))),
    inAny: [...new Set(lists.flat())],
  }
}
