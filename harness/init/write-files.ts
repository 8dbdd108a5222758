import { existsSync, lstatSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isInside } from '../chain/load-chain.ts'

/** A file that is to be written, by its path from the root, and what it is in words. */
export interface PlannedFile {
  readonly file: string
  readonly text: string
  readonly what: string
}

/** What has become of planned files. */
export interface WrittenFiles {
  readonly wrote: readonly { readonly file: string; readonly what: string }[]
  /** Those that were there before, and stay as they are. */
  readonly kept: readonly string[]
}

/** Writes what is not there yet. */
export function writeFiles(files: readonly PlannedFile[], root: string, notes: string[]): WrittenFiles {
  const wrote: { file: string; what: string }[] = []
  const kept: string[] = []
  for (const { file, text, what } of files) {
    const place = path.join(root, file)
    if (lstatSync(place, { throwIfNoEntry: false }) !== undefined) {
      kept.push(file)
      continue
    }
    if (!staysInside(place, root)) {
      notes.push(`${file} was not written: a symbolic link leads its folder out of the repository.`)
      continue
    }
    mkdirSync(path.dirname(place), { recursive: true })
    // Never through what somebody else has put there meanwhile.
    writeFileSync(place, text, { flag: 'wx' })
    wrote.push({ file, what })
  }
  return { wrote, kept }
}

/** Whether the nearest folder above that there is lies in the root, links followed. */
function staysInside(place: string, root: string): boolean {
  for (let dir = path.dirname(place); ; dir = path.dirname(dir)) {
    if (existsSync(dir)) return isInside(realpathSync(dir), root)
    if (dir === path.dirname(dir)) return false
  }
}
