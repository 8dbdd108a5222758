import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { Problems } from '../diagnostics/problems.ts'
import { displayPath, systemFact } from '../diagnostics/read-source.ts'
import { Source } from '../diagnostics/source.ts'

/** Folders that hold no scenarios: chains, and what belongs to other tools. */
const SKIPPED = new Set(['chains', 'node_modules', '.git'])

export interface FoundFiles {
  /** Absolute paths, sorted, each once. */
  readonly files: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

/** The scenario files that paths mean: a file itself, every `.yaml` and `.yml` under a folder. A path that is not there is a diagnostic. */
export function findScenarioFiles(paths: readonly string[]): FoundFiles {
  const problems = new Problems()
  const files = new Set<string>()
  for (const given of paths) {
    const absolute = path.resolve(given)
    try {
      if (statSync(absolute).isDirectory()) for (const file of filesUnder(absolute)) files.add(file)
      else files.add(absolute)
    } catch (error) {
      const source = new Source(displayPath(absolute), '')
      const fact = `Failed to find "${given}": ${existsSync(absolute) ? systemFact(error) : 'there is no such file or folder'}`
      problems.add(source, source.spanAt(0, 1), 'E_FILE_MISSING', `${fact}. ${remedyFor(given)}`)
    }
  }
  return { files: [...files].sort(), diagnostics: problems.list }
}

/** The scenarios folder that a file belongs to: the nearest one above it that holds a `chains/`, else the file's own. */
export function findRoot(file: string): string {
  const own = path.dirname(path.resolve(file))
  for (let dir = own; ; dir = path.dirname(dir)) {
    if (existsSync(path.join(dir, 'chains'))) return dir
    if (dir === path.dirname(dir)) return own
  }
}

/** `passing.yaml:4` is a place as messages show it: a file is run whole. */
function remedyFor(given: string): string {
  const file = given.replace(/(?::\d+)+$/, '')
  return file === given ? 'Name scenario files, or folders of them' : `Leave out the line: "${file}"`
}

function filesUnder(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(dir, entry.name)
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesUnder(file)
    return /\.ya?ml$/.test(entry.name) ? [file] : []
  })
}
