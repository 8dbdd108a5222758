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
  /** The lines of files that were named by one, as `file.yaml:12`; a file that is named whole, too, is not among them. */
  readonly lines: ReadonlyMap<string, readonly number[]>
  readonly diagnostics: readonly Diagnostic[]
}

/** The scenario files that paths mean: a file itself, by a line of it or whole, every `.yaml` and `.yml` under a folder. A path that is not there is a diagnostic. */
export function findScenarioFiles(paths: readonly string[]): FoundFiles {
  const problems = new Problems()
  const whole = new Set<string>()
  const lines = new Map<string, number[]>()
  for (const given of paths) {
    const { file, line } = placeOf(given)
    const absolute = path.resolve(file)
    try {
      if (statSync(absolute).isDirectory()) for (const one of filesUnder(absolute)) whole.add(one)
      else if (line === null) whole.add(absolute)
      else lines.set(absolute, [...(lines.get(absolute) ?? []), line])
    } catch (error) {
      const source = new Source(displayPath(absolute), '')
      const fact = `Failed to find "${given}": ${existsSync(absolute) ? systemFact(error) : 'there is no such file or folder'}`
      const remedy = 'Name scenario files, or folders of them. Where there are none yet, "chain init" writes the first.'
      problems.add(source, source.spanAt(0, 1), 'E_FILE_MISSING', fact, remedy)
    }
  }
  for (const file of whole) lines.delete(file)
  return { files: [...whole, ...lines.keys()].sort(), lines, diagnostics: problems.list }
}

/** The scenarios folder that a file belongs to: the nearest one above it that holds a `chains/`, else the file's own. */
export function findRoot(file: string): string {
  const own = path.dirname(path.resolve(file))
  for (let dir = own; ; dir = path.dirname(dir)) {
    if (existsSync(path.join(dir, 'chains'))) return dir
    if (dir === path.dirname(dir)) return own
  }
}

/** A place as messages show it, `passing.yaml:4` or `passing.yaml:4:3`; a file may have such a name, too. */
function placeOf(given: string): { readonly file: string; readonly line: number | null } {
  const [, file = '', line = ''] = /^(.+?):(\d{1,9})(?::\d{1,9})?$/.exec(given) ?? []
  if (line === '' || existsSync(given) || !isFile(file)) return { file: given, line: null }
  return { file, line: Number(line) }
}

function isFile(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isFile() === true
}

function filesUnder(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(dir, entry.name)
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesUnder(file)
    return /\.ya?ml$/.test(entry.name) ? [file] : []
  })
}
