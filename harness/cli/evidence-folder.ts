import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { systemFact } from '../diagnostics/read-source.ts'
import { traceJson } from '../reporters/json.ts'
import type { FailedRun } from '../runner/failed-run.ts'
import { secretsOf } from '../secrets/mask.ts'
import { maskLog } from '../secrets/mask-log.ts'
import { bounded, MAX_FILE_BYTES } from './evidence-bounds.ts'
import { runIndex, type Saved, scenarioIndex } from './evidence-index.ts'
import { type EvidenceTarget, evidenceTarget, INDEX, refusal } from './evidence-target.ts'
import { complain } from './terminal.ts'

const MAX_SCENARIOS = 20
const MAX_RUN_BYTES = 50 * 1024 * 1024

/**
 * The folder of a run with what its environments had to say of each failure: one subfolder for each, secrets masked. It is
 * made when there is something to save, and holds no more than people look through.
 */
export class EvidenceFolder {
  readonly #target: EvidenceTarget
  readonly #seed: number
  #folder: string | null = null
  #bytes = 0
  #left = 0
  #isBroken = false
  readonly #saved: Saved[] = []

  /** @returns the folder, which need not be there yet, or a sentence that says why it cannot be */
  static open(wanted: string | undefined, seed: number): EvidenceFolder | string {
    const target = evidenceTarget(wanted)
    return typeof target === 'string' ? target : new EvidenceFolder(target, seed)
  }

  private constructor(target: EvidenceTarget, seed: number) {
    this.#target = target
    this.#seed = seed
  }

  /** Whether something could not be written. A person has been told then. */
  get isBroken(): boolean {
    return this.#isBroken
  }

  /** Saves what there is of one failure. Gives its folder; null where there is nothing, or no room. */
  save(failed: FailedRun): string | null {
    if (failed.evidence.size === 0 || this.#isBroken) return null
    if (this.#saved.length >= MAX_SCENARIOS || this.#bytes >= MAX_RUN_BYTES) {
      this.#left++
      return null
    }
    const number = String(this.#saved.length + 1).padStart(2, '0')
    const name = `${number}-${readableName(failed)}`
    let folder = name
    try {
      this.#folder ??= this.#target.make()
      folder = path.join(this.#folder, name)
      this.#write(folder, failed)
      this.#saved.push({ folder: name, failed })
      this.#writeIndex(this.#folder)
      return folder
    } catch (error) {
      // Half of it is no evidence.
      rmSync(folder, { recursive: true, force: true })
      this.#break(folder, error)
      return null
    }
  }

  /** Ends it with an index. Gives the sentence that tells people of it; null where nothing was saved. */
  end(): string | null {
    if (this.#folder === null || this.#saved.length === 0) return null
    try {
      if (this.#left > 0) this.#writeIndex(this.#folder)
    } catch (error) {
      this.#break(this.#folder, error)
    }
    const count = this.#saved.length
    const more = this.#left === 0 ? '' : `, and nothing of ${this.#left} more: a folder has room for so many`
    return `evidence of ${count} failure${count === 1 ? '' : 's'} is in ${this.#folder}${more}`
  }

  /** With each failure: a run that is killed leaves a folder that is whole. */
  #writeIndex(folder: string): void {
    writeFileSync(path.join(folder, INDEX), runIndex(this.#saved, this.#left, this.#seed))
  }

  #break(folder: string, error: unknown): void {
    this.#isBroken = true
    complain(refusal(folder, systemFact(error), 'Make room, or name another folder: --evidence DIR.'))
  }

  #write(folder: string, failed: FailedRun): void {
    const ofTraces = failed.run.steps.flatMap(({ trace }) => (trace === null ? [] : secretsOf(trace)))
    const secrets = [...new Set([...failed.run.secrets, ...ofTraces])]
    const trace = failed.run.steps.at(-1)?.trace ?? null
    const files = new Map([
      ...failed.evidence,
      ...(trace === null ? [] : ([['trace.json', traceJson(trace)]] as const)),
    ])
    mkdirSync(folder, { mode: 0o700 })
    const names: string[] = []
    for (const [name, text] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      if (text === '') continue
      const room = Math.min(MAX_FILE_BYTES, MAX_RUN_BYTES - this.#bytes)
      const written = bounded(maskLog(text, secrets), room)
      const file = path.join(folder, ...name.split('/').map(safe))
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
      writeFileSync(file, written)
      this.#bytes += Buffer.byteLength(written)
      names.push(path.relative(folder, file))
    }
    writeFileSync(path.join(folder, INDEX), scenarioIndex(failed, names, this.#seed))
  }
}

/** The file of the scenario, the variant and the environment, in letters that any file system and shell takes. */
function readableName({ scenario, environment, run }: FailedRun): string {
  const file = path.basename(scenario.source.file).replace(/\.ya?ml$/, '')
  const parts = [file, ...(run.variant === null ? [] : [run.variant]), environment]
  const words = parts.map((part) =>
    part
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 40),
  )
  return words.map((word) => word.replace(/^-|-$/g, '')).join('-')
}

/** A part of a path that leads nowhere else. */
function safe(name: string): string {
  const plain = name.replace(/[^\w.@+-]/g, '_').slice(0, 120)
  return /^\.*$/.test(plain) ? `_${plain}` : plain
}
