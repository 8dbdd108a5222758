import { type Dirent, readdirSync } from 'node:fs'
import path from 'node:path'

/** A repository has more than this only by what its tools put there. */
const MAX_ENTRIES = 50_000
const MAX_DEPTH = 12

/** Folders of dependencies and of what is built: nothing in them is the user's own. */
const SKIPPED = new Set(
  'node_modules vendor bower_components dist build out target coverage venv __pycache__ site-packages third_party'.split(
    ' ',
  ),
)

/** The files of a repository, by paths with `/` from its root: those nearest to it first. */
export interface FoundFiles {
  readonly files: readonly string[]
  /** Whether everything was looked at. */
  readonly isWhole: boolean
}

/**
 * Lists the files of a repository, folder by folder from the top. Hidden folders, dependencies and symbolic links are left out, so
 * nothing outside of it is seen. After 50,000 entries it ends.
 */
export function findFiles(root: string): FoundFiles {
  const files: string[] = []
  let folders = ['']
  let entries = 0
  for (let depth = 0; folders.length > 0 && depth < MAX_DEPTH; depth++) {
    const below: string[] = []
    for (const folder of folders) {
      for (const entry of entriesOf(path.join(root, folder))) {
        if (++entries > MAX_ENTRIES) return { files, isWhole: false }
        const name = folder === '' ? entry.name : `${folder}/${entry.name}`
        if (entry.isFile()) files.push(name)
        else if (entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED.has(entry.name)) below.push(name)
      }
    }
    folders = below
  }
  return { files, isWhole: folders.length === 0 }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return []
  }
}
