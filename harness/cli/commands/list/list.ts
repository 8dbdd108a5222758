import path from 'node:path'
import { displayPath } from '../../../diagnostics/read-source.ts'
import { printable } from '../../../diagnostics/render.ts'
import { findChains } from '../../../scenario/find-chains.ts'
import { findRoot } from '../../../scenario/find-scenario-files.ts'
import type { Scenario } from '../../../scenario/scenario.ts'
import { ENVIRONMENT_NAMES, whyNot } from '../../environments.ts'
import { EXIT, type ExitCode } from '../../exit-codes.ts'
import { distinct, loadSuite, type Suite } from '../../load-suite.ts'
import { complainOf } from '../../terminal.ts'
import { LISTS, type ListCommandOptions, type ListName } from './options.ts'

/** One thing of a list: its name, and what else is known of it. */
type Row = { readonly name: string } & Readonly<Record<string, string | number | boolean | null | readonly string[]>>

/** `chain list`: what there is to run, and where. */
export async function list(paths: readonly string[], { only, json }: ListCommandOptions): Promise<ExitCode> {
  const suite = loadSuite(paths)
  if (suite.invalid.length > 0) complainOf(distinct(suite.invalid.flatMap(({ diagnostics }) => diagnostics)))
  const lists = await Promise.all(
    (only === undefined ? LISTS : [only]).map(async (name) => [name, await rowsOf(name, suite, paths)] as const),
  )
  process.stdout.write(json ? `${JSON.stringify(Object.fromEntries(lists), null, 2)}\n` : lists.map(render).join('\n'))
  return suite.invalid.length > 0 ? EXIT.invalid : EXIT.passed
}

async function rowsOf(name: ListName, { scenarios }: Suite, paths: readonly string[]): Promise<readonly Row[]> {
  switch (name) {
    case 'scenarios':
      return scenarios.map(scenarioRow)
    case 'tags': {
      const tags = [...new Set(scenarios.flatMap((one) => one.tags))].sort()
      return tags.map((tag) => ({ name: tag, scenarios: scenarios.filter((one) => one.tags.includes(tag)).length }))
    }
    case 'chains':
      return chainRows(scenarios, paths)
    case 'environments':
      return Promise.all(
        ENVIRONMENT_NAMES.map(async (environment) => {
          const because = await whyNot(environment)
          return { name: environment, isReady: because === null, because }
        }),
      )
  }
}

function scenarioRow(scenario: Scenario): Row {
  const { name, source, tags, variants, examples } = scenario
  return {
    file: source.file,
    name,
    tags,
    chains: [...new Set(variants.map(({ chain }) => displayPath(chain.dir)))],
    variants: variants.flatMap((variant) => variant.name ?? []),
    examples: Object.keys(examples[0] ?? {}).length === 0 ? 0 : examples.length,
    steps: scenario.stepsFor(examples[0] ?? {}).length,
  }
}

/** Folders of chains beside the scenarios, and how many scenarios have each. */
function chainRows(scenarios: readonly Scenario[], paths: readonly string[]): Row[] {
  const roots = new Set(paths.map((one) => findRoot(path.join(path.resolve(one), 'x'))))
  const used = scenarios.map(({ variants }) => new Set(variants.map(({ chain }) => displayPath(chain.dir))))
  const folders = new Set([...[...roots].flatMap(findChains).map(displayPath), ...used.flatMap((one) => [...one])])
  return [...folders].sort().map((name) => ({ name, scenarios: used.filter((one) => one.has(name)).length }))
}

function render([name, rows]: readonly [ListName, readonly Row[]]): string {
  const width = Math.max(0, ...rows.map((row) => firstColumn(row).length))
  const lines = rows.map((row) => `  ${printable(firstColumn(row).padEnd(width))}  ${printable(rest(row))}`.trimEnd())
  return `${[name, ...lines].join('\n')}\n`
}

function firstColumn({ file, name }: Row): string {
  return typeof file === 'string' ? file : name
}

function rest({ file, name, tags, scenarios, isReady, because }: Row): string {
  if (file !== undefined) return `${name}${Array.isArray(tags) && tags.length > 0 ? `  [${tags.join(', ')}]` : ''}`
  if (isReady !== undefined) return isReady === true ? 'ready' : String(because)
  return `${scenarios} ${scenarios === 1 ? 'scenario' : 'scenarios'}`
}
