import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { systemFact } from '../diagnostics/read-source.ts'

/** What every run's folder has, and how it begins: by that an earlier one is known, and replaced. */
export const INDEX = 'README.txt'
export const INDEX_TITLE = 'Evidence of a run of chain'

/** How the folders of scenarios are called: `01-prefix`. */
const OWN_FOLDER = /^\d\d-/

/** Where the evidence of a run goes: a folder that is made when there is something to save. */
export interface EvidenceTarget {
  /** Makes the folder. @throws {Error} it cannot be made */
  make(): string
}

/**
 * @param wanted the folder of `--evidence`; a new one in the folder for temporary files where it is left out
 * @returns the target, cleared of what an earlier run has left there; or a sentence that says what is wrong with it
 */
export function evidenceTarget(wanted: string | undefined): EvidenceTarget | string {
  if (wanted === undefined) return { make: () => mkdtempSync(path.join(tmpdir(), 'chain-evidence-')) }
  const remedy = 'Name a folder that is new or empty: --evidence DIR.'
  try {
    const found = nearest(path.resolve(wanted))
    if (!statSync(found).isDirectory()) return refusal(wanted, `"${found}" is no folder`, remedy)
    accessSync(found, constants.W_OK | constants.X_OK)
    if (found === path.resolve(wanted) && !clear(found)) {
      return refusal(wanted, 'it holds other things than evidence of an earlier run', remedy)
    }
  } catch (error) {
    return refusal(wanted, systemFact(error), remedy)
  }
  return {
    make: () => {
      // Secrets are masked; what else a chain says is the user's alone all the same.
      mkdirSync(wanted, { recursive: true, mode: 0o700 })
      return wanted
    },
  }
}

/** A sentence for people. */
export function refusal(folder: string, fact: string, remedy: string): string {
  return `Failed to save evidence in "${folder}": ${fact}. ${remedy}`
}

/** The folder itself, or the first above it that is there. */
function nearest(folder: string): string {
  return statSync(folder, { throwIfNoEntry: false }) === undefined ? nearest(path.dirname(folder)) : folder
}

/** Removes what an earlier run has saved there. False where there is anything else, of which nothing is touched. */
function clear(folder: string): boolean {
  const names = readdirSync(folder)
  if (names.length === 0) return true
  const isOurs = names.includes(INDEX) && readFileSync(path.join(folder, INDEX), 'utf8').startsWith(INDEX_TITLE)
  if (!isOurs || names.some((name) => name !== INDEX && !OWN_FOLDER.test(name))) return false
  for (const name of names) rmSync(path.join(folder, name), { recursive: true, force: true })
  return true
}
