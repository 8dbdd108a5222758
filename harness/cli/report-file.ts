import { closeSync, fstatSync, ftruncateSync, openSync, rmSync, type Stats, writeFileSync } from 'node:fs'
import { devNull } from 'node:os'
import path from 'node:path'
import { systemFact } from '../diagnostics/read-source.ts'
import { complain } from './terminal.ts'

/** A file that a report is written to. */
export class ReportFile {
  readonly #name: string
  readonly #descriptor: number
  readonly #stats: Stats
  #isBroken = false

  /** Opens it and leaves what is there for now. A text is what is wrong, in a sentence. */
  static open(name: string): ReportFile | string {
    try {
      return new ReportFile(name, openSync(name, 'a'))
    } catch (error) {
      return sentence(name, error, 'Name a file in a folder that is there.')
    }
  }

  private constructor(name: string, descriptor: number) {
    this.#name = name
    this.#descriptor = descriptor
    this.#stats = fstatSync(descriptor)
  }

  /** Whether something could not be written. A person has been told then. */
  get isBroken(): boolean {
    return this.#isBroken
  }

  /** Whether two names, or a name and standard output, lead to the same file: two reports in one are none. */
  isSameAs(other: ReportFile | Stats): boolean {
    const { dev, ino } = other instanceof ReportFile ? other.#stats : other
    return dev === this.#stats.dev && ino === this.#stats.ino && path.resolve(this.#name) !== devNull
  }

  /** Empties it: a report is going to be written. */
  begin(): void {
    if (this.#stats.isFile()) ftruncateSync(this.#descriptor)
  }

  /** Closes it as it was: none is going to be written. */
  giveUp(): void {
    this.close()
    if (this.#stats.isFile() && this.#stats.size === 0) rmSync(this.#name, { force: true })
  }

  /** Writes all of it. Where that fails, half a report is no report: nothing of it stays, and nothing more is written. */
  write(text: string): void {
    if (this.#isBroken) return
    try {
      writeFileSync(this.#descriptor, text)
    } catch (error) {
      this.#isBroken = true
      complain(sentence(this.#name, error, 'Make room, or name another file.'))
      if (this.#stats.isFile()) rmSync(this.#name, { force: true })
    }
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

function sentence(name: string, error: unknown, remedy: string): string {
  return `Failed to write report "${name}": ${systemFact(error)}. ${remedy}`
}
