import { closeSync, openSync, writeSync } from 'node:fs'
import { suggest } from '../diagnostics/suggest.ts'
import type { Reporter, ReporterOptions } from '../reporters/reporter.ts'
import type { Agreement, RunResult, ScenarioResult } from '../runner/result.ts'
import { wantsColor } from './terminal.ts'

type ReporterFactory = (options: ReporterOptions) => Reporter

/** Loaded when asked for: a JUnit library is nothing that a run on a laptop should wait for. */
const FACTORIES: Readonly<Record<string, () => Promise<ReporterFactory>>> = {
  pretty: async () => (await import('../reporters/pretty.ts')).prettyReporter,
  json: async () => (await import('../reporters/json.ts')).jsonReporter,
  junit: async () => (await import('../reporters/junit.ts')).junitReporter,
}

/** All reporters of a run as one. */
export interface Reporters {
  readonly onScenario: (result: ScenarioResult) => void
  readonly onAgreement: (agreement: Agreement) => void
  readonly onEnd: (run: RunResult) => void
}

/**
 * The reporters of `--reporter NAME[=FILE]`: to standard output, or to a file. Where all of them go to files, or none is
 * named, people get the pretty one too.
 * @returns the reporters, or a sentence that says what is wrong
 */
export async function openReporters(specs: readonly string[]): Promise<Reporters | string> {
  const wanted = specs.map(parseSpec)
  if (wanted.every(({ file }) => file !== null)) wanted.push({ name: 'pretty', file: null })
  const onOutput = wanted.filter(({ file }) => file === null)
  if (onOutput.length > 1) {
    return `Failed to report: ${onOutput.map(({ name }) => name).join(' and ')} would both go to standard output. Give one of them a file: --reporter junit=FILE.`
  }
  const open: { reporter: Reporter; close: () => void }[] = []
  for (const { name, file } of wanted) {
    const factory = Object.hasOwn(FACTORIES, name) ? await FACTORIES[name]?.() : undefined
    if (factory === undefined) return unknown(name)
    const output = openOutput(file)
    if (typeof output === 'string') return output
    open.push({ reporter: factory(output), close: output.close })
  }
  return {
    onScenario: (result) => {
      for (const { reporter } of open) reporter.onScenario?.(result)
    },
    onAgreement: (agreement) => {
      for (const { reporter } of open) reporter.onAgreement?.(agreement)
    },
    onEnd: (run) => {
      for (const { reporter, close } of open) {
        reporter.onEnd(run)
        close()
      }
    },
  }
}

function parseSpec(spec: string): { name: string; file: string | null } {
  const equals = spec.indexOf('=')
  return equals === -1 ? { name: spec, file: null } : { name: spec.slice(0, equals), file: spec.slice(equals + 1) }
}

function openOutput(file: string | null): (ReporterOptions & { close: () => void }) | string {
  if (file === null) {
    return {
      write: (text) => process.stdout.write(text),
      color: wantsColor(process.stdout),
      close: () => undefined,
    }
  }
  try {
    const descriptor = openSync(file, 'w')
    return { write: (text) => writeSync(descriptor, text), color: false, close: () => closeSync(descriptor) }
  } catch (error) {
    const fact = error instanceof Error ? error.message : String(error)
    return `Failed to write report "${file}": ${fact}. Name a file in a folder that is there.`
  }
}

function unknown(name: string): string {
  const names = Object.keys(FACTORIES)
  const meant = suggest(name, names)
  const hint = meant === undefined ? `Use one of ${names.join(', ')}.` : `Did you mean "${meant}"?`
  return `Failed to find reporter "${name}": there is none of that name. ${hint}`
}
