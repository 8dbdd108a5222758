import { fstatSync } from 'node:fs'
import { suggest } from '../diagnostics/suggest.ts'
import { withoutCommands } from '../reporters/github-commands.ts'
import type { Reporter, ReporterOptions } from '../reporters/reporter.ts'
import type { RunReport } from '../runner/result.ts'
import { ReportFile } from './report-file.ts'
import { terminalColumns, wantsColor, watchedTerminal } from './terminal.ts'

export type ReporterFactory = (options: ReporterOptions) => Reporter

/** Loaded when asked for: a JUnit library is nothing that a run on a laptop should wait for. */
const FACTORIES: Readonly<Record<string, () => Promise<ReporterFactory>>> = {
  pretty: async () => (await import('../reporters/pretty.ts')).prettyReporter,
  json: async () => (await import('../reporters/json.ts')).jsonReporter,
  junit: async () => (await import('../reporters/junit.ts')).junitReporter,
  tap: async () => (await import('../reporters/tap.ts')).tapReporter,
  github: async () => (await import('./github.ts')).githubReporterHere,
}

/** All reporters of a run as one. */
export interface Reporters extends Required<Omit<Reporter, 'onEnd'>> {
  /** Ends every report. False where one of them could not be written; why has been said. */
  readonly onEnd: (report: RunReport) => boolean
}

/**
 * The reporters of `--reporter NAME[=FILE]`: to standard output, or to a file. Where all of them go to files, or none is
 * named, people get the pretty one too.
 * @param verbose see {@link ReporterOptions}
 * @param own reporters that stand for those of their names
 * @returns the reporters, or a sentence that says what is wrong
 */
export async function openReporters(
  specs: readonly string[],
  verbose: boolean,
  own: Readonly<Record<string, ReporterFactory>> = {},
): Promise<Reporters | string> {
  const named = specs.map(parseSpec)
  const isAsked = named.some(({ name }) => name === 'github')
  const wanted = [...named, ...(isGithub() && !isAsked ? [{ name: 'github', file: null }] : [])]
  const onOutput = wanted.filter(isOnOutput)
  if (onOutput.length === 0) {
    onOutput.push({ name: 'pretty', file: null })
    wanted.push(...onOutput)
  }
  if (onOutput.length > 1) {
    return `Failed to report: ${onOutput.map(({ name }) => name).join(' and ')} would both go to standard output. Give one of them a file: --reporter junit=FILE.`
  }
  const open: OpenReporter[] = []
  for (const spec of wanted) {
    const opened = await openReporter(spec, open, verbose, own)
    if (typeof opened === 'string') {
      for (const { file } of open) file?.giveUp()
      return opened
    }
    open.push(opened)
  }
  for (const { file } of open) file?.begin()
  return together(open)
}

interface ReporterSpec {
  readonly name: string
  /** Null is standard output. */
  readonly file: string | null
}

/** Whether this process is a step of a workflow of GitHub Actions. */
function isGithub(): boolean {
  return process.env.GITHUB_ACTIONS === 'true'
}

/** Commands for the runner of a workflow go to standard error, where it reads them too: they are part of no report. */
function isOnOutput({ name, file }: ReporterSpec): boolean {
  return file === null && name !== 'github'
}

interface OpenReporter {
  readonly name: string
  readonly file: ReportFile | null
  readonly reporter: Reporter
}

/** One more reporter, whose file must not be that of another; or a sentence that says what is wrong. */
async function openReporter(
  spec: ReporterSpec,
  others: readonly OpenReporter[],
  verbose: boolean,
  own: Readonly<Record<string, ReporterFactory>>,
): Promise<OpenReporter | string> {
  const { name } = spec
  const known = Object.hasOwn(FACTORIES, name) ? FACTORIES[name] : undefined
  const factory = Object.hasOwn(own, name) ? own[name] : await known?.()
  if (factory === undefined) return unknown(name)
  const file = spec.file === null ? null : ReportFile.open(spec.file)
  if (typeof file === 'string') return file
  const rival = others.find((other) => isSameFile(file, other.file))
  if (rival !== undefined) {
    file?.giveUp()
    return twice(rival.name, name, spec.file)
  }
  if (file === null && name === 'github') return { name, file, reporter: factory(STANDARD_ERROR) }
  if (file !== null)
    return { name, file, reporter: factory({ write: (text) => file.write(text), color: false, verbose }) }
  return { name, file, reporter: factory(standardOutput(verbose, name === 'pretty')) }
}

/** @param isForPeople whether lines may be changed that a runner of GitHub would obey; a program wants them as they are */
function standardOutput(verbose: boolean, isForPeople: boolean): ReporterOptions {
  return {
    write: (text) => process.stdout.write(isForPeople && isGithub() ? withoutCommands(text) : text),
    color: wantsColor(process.stdout),
    get width() {
      return terminalColumns()
    },
    terminal: watchedTerminal(),
    verbose,
  }
}

const STANDARD_ERROR: ReporterOptions = { write: (text) => process.stderr.write(text), color: false }

function together(open: readonly OpenReporter[]): Reporters {
  return {
    onStart: (plan) => {
      for (const { reporter } of open) reporter.onStart?.(plan)
    },
    onBegin: (scenario, environment) => {
      for (const { reporter } of open) reporter.onBegin?.(scenario, environment)
    },
    onDone: (scenario, environment) => {
      for (const { reporter } of open) reporter.onDone?.(scenario, environment)
    },
    onHush: () => {
      for (const { reporter } of open) reporter.onHush?.()
    },
    onScenario: (result) => {
      for (const { reporter } of open) reporter.onScenario?.(result)
    },
    onAgreement: (agreement) => {
      for (const { reporter } of open) reporter.onAgreement?.(agreement)
    },
    onEnd: (report) => {
      for (const { reporter, file } of open) {
        reporter.onEnd(report)
        file?.close()
      }
      return open.every(({ file }) => file?.isBroken !== true)
    },
  }
}

function parseSpec(spec: string): ReporterSpec {
  const equals = spec.indexOf('=')
  return equals === -1 ? { name: spec, file: null } : { name: spec.slice(0, equals), file: spec.slice(equals + 1) }
}

/** Null is standard output, which a name like /dev/stdout may lead to as well. */
function isSameFile(one: ReportFile | null, other: ReportFile | null): boolean {
  if (one === null) return other !== null && isSameFile(other, null)
  return one.isSameAs(other ?? fstatSync(1))
}

function twice(one: string, other: string, file: string | null): string {
  const where = file === null ? 'standard output' : `"${file}"`
  return `Failed to report: ${one} and ${other} would both be written to ${where}. Give each a file of its own.`
}

function unknown(name: string): string {
  const names = Object.keys(FACTORIES)
  const meant = suggest(name, names)
  const hint = meant === undefined ? `Use one of ${names.join(', ')}.` : `Did you mean "${meant}"?`
  return `Failed to find reporter "${name}": there is no such reporter. ${hint}`
}
