import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { systemFact } from '../diagnostics/read-source.ts'
import type { Agreement, ScenarioResult } from '../runner/result.ts'
import type { Part } from '../scenario/narrow.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { complain } from './terminal.ts'

const FOLDER = '.chain'
const FILE = 'last-failed.json'
/** What marks the folder of a project: the state is kept there, wherever in it a run is started. */
const MARKS = ['chain.config.yaml', '.git']

const part = z.object({ variant: z.string().nullable(), row: z.number().nullable() })
const state = z.object({ version: z.literal(1), failed: z.record(z.string(), z.array(part)) })

/**
 * What failed when it was last run, for `--last-failed`: in `.chain/last-failed.json` of the project's folder, which git ignores.
 * It holds the names of files and variants and the numbers of rows, and no value.
 */
export class LastFailed {
  readonly #folder: string
  readonly #before: ReadonlyMap<string, readonly Part[]>
  readonly #now: Map<string, readonly Part[]>
  /** What is run of each scenario, in the order of its runs. */
  readonly #parts = new Map<string, readonly Part[]>()
  /** Scenarios with a result in this run. */
  readonly #told = new Set<string>()

  /** Of the project that a folder is in. A file that cannot be read counts as none. */
  static in(folder: string): LastFailed {
    return new LastFailed(path.join(projectOf(folder), FOLDER))
  }

  private constructor(folder: string) {
    this.#folder = folder
    this.#before = read(path.join(folder, FILE))
    this.#now = new Map(this.#before)
  }

  get isEmpty(): boolean {
    return this.#before.size === 0
  }

  /** What failed of a scenario; none where it passed, or was not run. */
  partsOf({ source }: Scenario): readonly Part[] {
    return this.#before.get(this.#keyOf(source.file)) ?? []
  }

  /**
   * Says what is going to be run; the rest stays as it was.
   * @param scenarios whole
   * @param chosen those of them that are run, as far as they are
   */
  expect(scenarios: readonly Scenario[], chosen: readonly Scenario[]): void {
    const rows = new Map(scenarios.map(({ source, examples }) => [source, examples]))
    for (const { source, variants, examples } of chosen) {
      const numbers = examples.map((row) => (rows.get(source) ?? examples).indexOf(row) + 1)
      const parts = variants.flatMap(({ name }) => numbers.map((row) => ({ variant: name, row })))
      this.#parts.set(source.file, parts)
    }
  }

  /** Notes what a scenario came to on one environment. */
  onScenario({ source, runs }: Pick<ScenarioResult, 'source' | 'runs'>): void {
    const parts = this.#parts.get(source.file) ?? []
    const failed = parts.filter((_, index) => ['fail', 'error'].includes(runs[index]?.verdict ?? 'pass'))
    // What another environment of this run has shown stays.
    this.#note(source.file, this.#told.has(source.file) ? [] : parts, failed)
  }

  onAgreement({ source, difference }: Pick<Agreement, 'source' | 'difference'>): void {
    if (difference !== null) this.#note(source.file, [], [{ variant: difference.variant, row: null }])
  }

  #note(file: string, passed: readonly Part[], failed: readonly Part[]): void {
    const key = this.#keyOf(file)
    const kept = (this.#now.get(key) ?? []).filter((one) => !passed.some((part) => isIn(part, one)))
    const parts = [...kept, ...failed.filter((part) => !kept.some((one) => isIn(part, one)))]
    this.#told.add(file)
    if (parts.length === 0) this.#now.delete(key)
    else this.#now.set(key, parts)
  }

  /** Writes what has changed. A project without failures gets no folder. */
  save(): void {
    const failed = Object.fromEntries(
      [...this.#now].filter(([file]) => existsSync(path.join(this.#folder, '..', file))),
    )
    const text = `${JSON.stringify({ version: 1, failed }, null, 2)}\n`
    if (text === `${JSON.stringify({ version: 1, failed: Object.fromEntries(this.#before) }, null, 2)}\n`) return
    try {
      mkdirSync(this.#folder, { recursive: true })
      writeFileSync(path.join(this.#folder, '.gitignore'), '*\n')
      writeFileSync(path.join(this.#folder, FILE), text)
    } catch (error) {
      complain(
        `Failed to write "${path.join(this.#folder, FILE)}": ${systemFact(error)}. --last-failed will not know of this run.`,
      )
    }
  }

  #keyOf(file: string): string {
    return path.relative(path.dirname(this.#folder), path.resolve(file)).split(path.sep).join('/')
  }
}

/** Whether a part with a variant and a row is all of another, or in it. */
function isIn(part: Part, other: Part): boolean {
  return (other.variant ?? part.variant) === part.variant && (other.row ?? part.row) === part.row
}

function projectOf(folder: string): string {
  for (let dir = path.resolve(folder); ; dir = path.dirname(dir)) {
    if (MARKS.some((mark) => existsSync(path.join(dir, mark)))) return dir
    if (dir === path.dirname(dir)) return path.resolve(folder)
  }
}

function read(file: string): ReadonlyMap<string, readonly Part[]> {
  try {
    const parsed = state.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    return new Map(Object.entries(parsed.data?.failed ?? {}))
  } catch {
    return new Map()
  }
}
