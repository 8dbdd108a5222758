import pc from 'picocolors'
import { printable } from '../diagnostics/render.ts'
import type { EnvironmentName } from '../environments/environment.ts'
import type { Agreement, ScenarioReference, ScenarioResult, Verdict } from '../runner/result.ts'
import { maskNames } from '../secrets/mask.ts'
import { Folders } from './folders.ts'
import { LiveArea } from './live-area.ts'
import type { ReporterOptions, RunPlan } from './reporter.ts'
import { clockText, durationText } from './time-text.ts'

/** What people see of a run while it goes on. */
export interface Progress {
  start(plan: RunPlan): void
  begin(scenario: ScenarioReference, environment: EnvironmentName): void
  done(scenario: ScenarioReference, environment: EnvironmentName): void
  result(result: ScenarioResult): void
  agreement(agreement: Agreement): void
  /** A text that stays. It ends with a line break. */
  tell(text: string): void
  hush(): void
  /** Nothing more happens. What comes next stands below a blank line. */
  end(): void
}

/** For a log: a line for each scenario. One that failed has a screen, which `tell` gets. */
export function lineProgress({ write, color }: ReporterOptions): Progress {
  const { green, yellow, bold, dim } = pc.createColors(color)
  let places = 1
  let isBelowLine = false
  const blankLine = (): void => {
    if (isBelowLine) write('\n')
    isBelowLine = false
  }
  return {
    start({ environments }) {
      places = environments.length
    },
    begin() {},
    done() {},
    result({ verdict, name, source, environment, durationMs }) {
      if (verdict === 'fail' || verdict === 'error') return
      const label = verdict === 'pass' ? green('pass') : yellow('unsupported')
      const where = places > 1 ? ` on ${environment}` : ''
      const named = bold(printable(maskNames(name)))
      write(`${label} ${printable(source.file)} ${named}${dim(`${where}, ${durationText(durationMs)}`)}\n`)
      isBelowLine = true
    },
    agreement() {},
    tell(text) {
      blankLine()
      write(text)
    },
    hush() {},
    end: blankLine,
  }
}

const MARKS: Readonly<Record<Verdict, string>> = { pass: '.', fail: 'F', error: 'E', unsupported: 'u' }
const DISAGREES = 'D'

/** What happens within this time is drawn together. */
const FRAME_MS = 50

/**
 * For somebody who watches: marks in a row for each folder, and below them a line that says how far the run is, what failed, and
 * what is under way.
 */
export function liveProgress(options: ReporterOptions & { readonly terminal: { readonly columns: number } }): Progress {
  return new LiveProgress(options)
}

class LiveProgress implements Progress {
  readonly #area: LiveArea
  readonly #terminal: { readonly columns: number }
  readonly #colors: ReturnType<typeof pc.createColors>
  readonly #startedMs = performance.now()
  /** By `file on environment`, in the order in which they began. */
  readonly #underWay = new Map<string, string>()
  #folders = new Folders([])
  #places = 1
  #total = 0
  #doneCount = 0
  #badCount = 0
  #folder = ''
  /** The marks of the row that is not full. */
  #marks: string[] = []
  #drawnMs = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | null = null

  constructor({ write, color, terminal }: ReporterOptions & { readonly terminal: { readonly columns: number } }) {
    this.#area = new LiveArea(write)
    this.#terminal = terminal
    this.#colors = pc.createColors(color)
  }

  start({ scenarios, environments }: RunPlan): void {
    this.#folders = new Folders(scenarios.map(({ source }) => source.file))
    this.#places = environments.length
    this.#total = scenarios.length * environments.length
  }

  begin({ source }: ScenarioReference, environment: EnvironmentName): void {
    const short = printable(this.#folders.shortOf(source.file))
    this.#underWay.set(keyOf(source.file, environment), this.#places > 1 ? `${short} on ${environment}` : short)
    this.#timer ??= setInterval(() => this.#draw(), 1_000).unref()
    this.#drawSoon()
  }

  done({ source }: ScenarioReference, environment: EnvironmentName): void {
    this.#underWay.delete(keyOf(source.file, environment))
    this.#drawSoon()
  }

  result({ verdict, source }: ScenarioResult): void {
    const { green, red, bold, yellow } = this.#colors
    const isBad = verdict === 'fail' || verdict === 'error'
    this.#doneCount++
    if (isBad) this.#badCount++
    const paint = isBad ? (mark: string) => red(bold(mark)) : verdict === 'pass' ? green : yellow
    this.#mark(paint(MARKS[verdict]), source.file)
  }

  agreement({ verdict, source }: Agreement): void {
    if (verdict !== 'disagree') return
    const { red, bold } = this.#colors
    this.#badCount++
    this.#mark(red(bold(DISAGREES)), source.file)
  }

  tell(text: string): void {
    this.#area.commit(`${this.#takeRow()}${text}`)
  }

  /** Until a scenario begins, nothing is drawn. */
  hush(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    this.#area.erase()
  }

  end(): void {
    this.hush()
    const row = this.#takeRow()
    if (row !== '') this.#area.commit(`${row}\n`)
  }

  #mark(mark: string, file: string): void {
    const folder = this.#folders.of(file)
    if (folder !== this.#folder || this.#marks.length >= this.#room(folder)) {
      this.#area.commit(this.#takeRow())
      this.#folder = folder
    }
    this.#marks.push(mark)
    this.#drawSoon()
  }

  /** The row as it is, for good; empty where it has no marks. */
  #takeRow(): string {
    if (this.#marks.length === 0) return ''
    const row = `${this.#row()}\n`
    this.#marks = []
    return row
  }

  #row(): string {
    return `${this.#colors.dim(this.#label(this.#folder))}  ${this.#marks.join('')}`
  }

  #label(folder: string): string {
    const width = Math.min(this.#folders.width, Math.floor(this.#terminal.columns / 3))
    const name = printable(folder)
    return name.length > width ? `…${name.slice(name.length - width + 1)}` : name.padEnd(width)
  }

  #room(folder: string): number {
    return Math.max(10, this.#terminal.columns - this.#label(folder).length - 3)
  }

  #drawSoon(): void {
    if (this.#timer !== null && performance.now() - this.#drawnMs >= FRAME_MS) this.#draw()
  }

  #draw(): void {
    this.#drawnMs = performance.now()
    const { bold, red } = this.#colors
    const failed = this.#badCount === 0 ? '' : `, ${this.#badCount} failed`
    const known = `${this.#doneCount}/${this.#total}, ${clockText(this.#drawnMs - this.#startedMs)}`
    const now = this.#now(this.#terminal.columns - known.length - failed.length)
    const row = this.#marks.length === 0 ? [] : [this.#row()]
    this.#area.draw([...row, `${known}${failed === '' ? '' : red(bold(failed))}${now}`])
  }

  /** What is under way, in so many columns; where it is too long, its end says most. */
  #now(columns: number): string {
    const [oldest] = this.#underWay.values()
    if (oldest === undefined) return ''
    const others = this.#underWay.size - 1
    const more = others > 0 ? ` and ${others} more` : ''
    const room = Math.max(8, columns - ', now '.length - more.length - 1)
    const name = oldest.length > room ? `…${oldest.slice(oldest.length - room + 1)}` : oldest
    return `, now ${name}${more}`
  }
}

function keyOf(file: string, environment: EnvironmentName): string {
  return `${file} on ${environment}`
}
