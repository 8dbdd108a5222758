import { createRequire } from 'node:module'
import { printable } from '../diagnostics/render.ts'
import type { RunReport } from '../runner/result.ts'
import { type Case, caseReporter, type Outcome } from './cases.ts'
import type { Reporter, ReporterOptions } from './reporter.ts'

const require = createRequire(import.meta.url)

/**
 * For CI systems: JUnit XML with a test suite per environment and a test case per variant and row of examples, and where
 * several environments were compared one more suite, with a test case per comparison.
 */
export function junitReporter({ write }: Pick<ReporterOptions, 'write'>): Reporter {
  return caseReporter((cases, report) => write(junitXml(cases, report)))
}

function junitXml(cases: readonly Case[], { startedAt, seed, durationMs }: RunReport): string {
  // Loaded when it is needed: nothing that a run on a laptop should wait for.
  const { create }: typeof import('xmlbuilder') = require('xmlbuilder')
  const root = create('testsuites', { encoding: 'UTF-8' })
  // The schema that Jenkins checks by knows no `skipped` here.
  const { skipped: _, ...counts } = countsOf(cases)
  root.att({ name: 'chain', ...counts, time: seconds(durationMs / 1000) })
  for (const [name, group] of Map.groupBy(cases, ({ suite }) => suite)) {
    const time = seconds(group.reduce((sum, one) => sum + one.seconds, 0))
    const suite = root.ele('testsuite', { name, timestamp: startedAt, ...countsOf(group), time })
    suite.ele('properties').ele('property', { name: 'seed', value: seed })
    for (const { name, file, seconds: took, outcome, note } of group) {
      const attributes = { name: xmlText(name), classname: classOf(file), file: xmlText(file), time: seconds(took) }
      const element = suite.ele('testcase', attributes)
      if (outcome.kind === 'pass') {
        if (note !== '') element.ele('system-out').cdata(xmlText(note))
        continue
      }
      const message = xmlText(outcome.message)
      if ('text' in outcome) element.ele(outcome.kind, { message, type: outcome.type }).cdata(xmlText(outcome.text))
      else element.ele('skipped', { message })
    }
  }
  return `${root.end({ pretty: true })}\n`
}

function countsOf(cases: readonly Case[]) {
  const count = (kind: Outcome['kind']): number => cases.filter(({ outcome }) => outcome.kind === kind).length
  return { tests: cases.length, failures: count('failure'), errors: count('error'), skipped: count('skipped') }
}

/** With dots, at which CI systems part package from class: they then group cases by folder. */
function classOf(file: string): string {
  const parts = file.replace(/\.ya?ml$/, '').split(/[\\/]/)
  const named = parts.filter((part) => part !== '' && part !== '.' && part !== '..')
  return xmlText(named.map((part) => part.replaceAll('.', '_')).join('.'))
}

function seconds(duration: number): string {
  return duration.toFixed(3)
}

/**
 * A text that XML 1.0 can hold (sections 2.2 and 2.7): no control characters, no half of a surrogate pair, and no end of a
 * CDATA section.
 */
function xmlText(text: string): string {
  const lines = text.split('\n').map(printable).join('\n')
  return lines
    .toWellFormed()
    .replace(/[\uFFFE\uFFFF]/g, '\uFFFD')
    .replaceAll(']]>', ']] >')
}
