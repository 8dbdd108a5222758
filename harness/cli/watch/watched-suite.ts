import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { forgetChains } from '../../chain/load-chain.ts'
import { type Reads, withReads } from '../../diagnostics/reads.ts'
import { type FoundFiles, findScenarioFiles } from '../../scenario/find-scenario-files.ts'
import { optionsFor } from '../../scenario/workspace.ts'
import { type LoadedFile, loadFile, type NamedSuite, suiteOf } from '../load-suite.ts'

interface Known {
  readonly loaded: LoadedFile
  readonly reads: Reads
}

/** Folders that no chain and no scenario is in; some of them hold more folders than a system watches. */
const SKIPPED = new Set(['node_modules', '.git'])

/** The scenarios of some paths, and what on the disk each of them depends on. */
export class WatchedSuite {
  readonly #paths: readonly string[]
  readonly #known = new Map<string, Known>()
  #found: FoundFiles

  constructor(paths: readonly string[]) {
    this.#paths = paths
    this.#found = findScenarioFiles(paths)
    for (const file of this.#found.files) this.#load(file)
  }

  /** Everything, as it was read last. */
  get suite(): NamedSuite {
    return this.suiteOf(this.#found.files)
  }

  /** What was read of these files, absolute paths. */
  suiteOf(files: readonly string[]): NamedSuite {
    const asked = new Set(files)
    const loaded = this.#found.files
      .filter((file) => asked.has(file))
      .flatMap((file) => this.#known.get(file)?.loaded ?? [])
    return suiteOf(this.#found, loaded)
  }

  /** The folders in which a change may touch a scenario. */
  get folders(): ReadonlySet<string> {
    const all = [...this.#known.values()].map(({ reads }) => reads)
    const files = all.flatMap((reads) => [...reads.files])
    const trees = new Set<string>()
    for (const folder of [
      ...this.#paths.map((given) => path.resolve(given)),
      ...all.flatMap((one) => [...one.folders]),
    ]) {
      addTree(folder, trees)
    }
    // The folder above one says that it comes, or goes.
    const above = [...trees].map((folder) => path.dirname(folder))
    return new Set([...trees, ...above, ...files.map((file) => nearest(path.dirname(file)))])
  }

  /** Whether a change of this file touches anything. */
  isTouchedBy(file: string): boolean {
    if (isLeftover(file)) return false
    return this.#isNamed(file) || [...this.#known.values()].some(({ reads }) => isTouched(reads, file))
  }

  /** Reads again what these files touch, and gives the scenario files that are new, or other now. */
  update(files: ReadonlySet<string>): readonly string[] {
    forgetChains()
    this.#found = findScenarioFiles(this.#paths)
    const there = new Set(this.#found.files)
    for (const file of this.#known.keys()) if (!there.has(file)) this.#known.delete(file)
    const touched = this.#found.files.filter((file) => {
      const known = this.#known.get(file)
      return known === undefined || [...files].some((changed) => isTouched(known.reads, changed))
    })
    for (const file of touched) this.#load(file)
    return touched
  }

  /** Whether it is a scenario file of the paths, also a new one, or a folder that may hold some. */
  #isNamed(file: string): boolean {
    if (!/\.ya?ml$/.test(file) && path.extname(file) !== '') return false
    return this.#paths.some((given) => isWithin(file, path.resolve(given))) && !isInChains(file)
  }

  #load(file: string): void {
    const { value: loaded, reads } = withReads(() => loadFile(file, optionsFor(file)))
    this.#known.set(file, { loaded, reads })
  }
}

/** Whether a file that changed is one of those that were read, or in a folder that counts, or a folder that one of them is in. */
function isTouched({ files, folders }: Reads, changed: string): boolean {
  if (files.has(changed)) return true
  for (const folder of folders) if (isWithin(changed, folder) || isWithin(folder, changed)) return true
  for (const file of files) if (isWithin(file, changed)) return true
  return false
}

function isWithin(file: string, folder: string): boolean {
  return file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep)
}

function isInChains(file: string): boolean {
  return file.split(path.sep).includes('chains')
}

/** What editors leave beside a file while they save it: `.nginx.conf.swp`, `4913`, `nginx.conf~`, `#nginx.conf#`. */
function isLeftover(file: string): boolean {
  return /^(?:\.|#|4913$)|~$/.test(path.basename(file))
}

function nearest(folder: string): string {
  let dir = folder
  while (!existsSync(dir) && dir !== path.dirname(dir)) dir = path.dirname(dir)
  return dir
}

/** A folder and those below it; of one that is not there, the nearest above it. */
function addTree(folder: string, trees: Set<string>): void {
  if (trees.has(folder)) return
  if (!existsSync(folder)) {
    trees.add(nearest(folder))
    return
  }
  trees.add(folder)
  for (const below of foldersIn(folder)) addTree(below, trees)
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !SKIPPED.has(entry.name))
      .map(({ name }) => path.join(folder, name))
  } catch {
    // A file, or a folder that is gone by now.
    return []
  }
}
