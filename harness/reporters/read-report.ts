import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { describeIssue } from '../diagnostics/shape-messages.ts'
import type { Agreement, Problem, ScenarioResult, ScenarioRun, StepResult } from '../runner/result.ts'
import { JSON_VERSION } from './json.ts'
import {
  type AgreementData,
  type DiagnosticData,
  type ProblemData,
  type ReportData,
  type RunData,
  reportShape,
  type ScenarioData,
  type StepData,
} from './report-shape.ts'

/** A JSON report that was read. */
export interface ReadReport {
  /** The file, as messages show it. */
  readonly name: string
  readonly data: ReportData
  /** Each scenario, each agreement and what is behind them, as JSON of one line: with the members that nobody looks at. */
  readonly lines: { readonly scenarios: readonly string[]; readonly agreements: readonly string[] }
  readonly rest: Readonly<Record<string, unknown>>
}

const REMEDY = 'Write one by "chain run --reporter json=FILE".'

/**
 * Reads a JSON report.
 * @param name the file, for messages
 * @returns the report, or a sentence that says what is wrong and where
 */
export function readReport(name: string, text: string): ReadReport | string {
  const failed = (fact: string, remedy = REMEDY): string => `Failed to read report "${name}": ${fact}. ${remedy}`
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    const other = otherVersion(value)
    if (other !== null) {
      const remedy = 'Merge reports with the version of chain that wrote them.'
      return failed(`it has version ${other} of the format, and this chain reads version ${JSON_VERSION}`, remedy)
    }
    const parsed = reportShape.safeParse(value, { error: describeIssue })
    if (parsed.success) return { name, data: parsed.data, ...linesOf(value) }
    const [issue] = parsed.error.issues
    const place = issue === undefined || issue.path.length < 2 ? '' : `at ${pathOf(issue.path)}: `
    return failed(`it is no JSON report of a run: ${place}${issue?.message ?? 'it has another form'}`)
  } catch (error) {
    if (error instanceof SyntaxError) return failed(`it is not JSON${placeOf(error)}`)
    if (error instanceof RangeError) return failed('it is nested too deep')
    throw error
  }
}

function otherVersion(value: unknown): number | null {
  const version = isObject(value) && Array.isArray(value.scenarios) ? value.version : null
  return typeof version === 'number' && version !== JSON_VERSION ? version : null
}

/** @throws {RangeError} it is nested too deep */
function linesOf(value: unknown): Pick<ReadReport, 'lines' | 'rest'> {
  const { scenarios = [], agreements = [], ...rest } = isObject(value) ? value : {}
  const lines = (list: unknown): string[] => (Array.isArray(list) ? list.map((one) => JSON.stringify(one)) : [])
  JSON.stringify(rest)
  return { lines: { scenarios: lines(scenarios), agreements: lines(agreements) }, rest }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Where it is not JSON, as far as Node.js says it: at the end of its message, in whose middle a part of the file may stand. */
function placeOf({ message }: SyntaxError): string {
  const [, line, column] = /\(line (\d+) column (\d+)\)$/.exec(message) ?? []
  if (line !== undefined) return `, at line ${line}, column ${column}`
  return message.startsWith('Unexpected end') ? ': it ends too early' : ''
}

/** `scenarios[3].runs[0].verdict` */
function pathOf(path: readonly PropertyKey[]): string {
  const parts = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
  return parts.join('').replace(/^\./, '')
}

/**
 * The scenario as a reporter gets it at a run. What no report has is empty: the texts of files, and traces. All secrets in it are
 * masked already.
 */
export function scenarioOf({ file, runs, ...known }: ScenarioData): ScenarioResult {
  return { ...known, source: { file, text: '' }, runs: runs.map(runOf) }
}

export function agreementOf({ file, ...known }: AgreementData): Agreement {
  return { ...known, source: { file, text: '' } }
}

export function diagnosticOf({ hint, ...known }: DiagnosticData): Diagnostic {
  return hint === null ? known : { ...known, hint }
}

function runOf(run: RunData): ScenarioRun {
  return {
    ...run,
    problem: run.problem && problemOf(run.problem),
    steps: run.steps.map(stepOf),
    files: [],
    secrets: [],
  }
}

function stepOf(step: StepData): StepResult {
  return {
    ...step,
    checks: step.checks.map((check) => ({ ...check, seen: null })),
    problem: step.problem && problemOf(step.problem),
    refusal: step.refusal && problemOf(step.refusal),
    trace: null,
    carriedByRewrittenForm: 0,
  }
}

function problemOf(problem: ProblemData): Problem {
  return { ...problem, diagnostics: problem.diagnostics.map(diagnosticOf), isGone: false }
}
