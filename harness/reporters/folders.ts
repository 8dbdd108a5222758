import path from 'node:path'

/** The folders of some files, by the part of their names in which they differ. */
export class Folders {
  readonly #common: string

  /** @param files as messages show them */
  constructor(files: readonly string[]) {
    this.#common = commonFolder(files.map((file) => path.dirname(file)))
    this.width = Math.max(0, ...files.map((file) => this.of(file).length))
  }

  /** The columns of the longest name. */
  readonly width: number

  /** The folder of a file; `.` where it is the one that all have in common. */
  of(file: string): string {
    return path.relative(this.#common, path.dirname(file)) || '.'
  }

  /** The file without what all have in common. */
  shortOf(file: string): string {
    return path.relative(this.#common, file)
  }
}

function commonFolder(folders: readonly string[]): string {
  const [first = '.', ...others] = folders
  return others.reduce((common, folder) => {
    let shared = common
    while (
      shared !== '.' &&
      shared !== path.dirname(shared) &&
      !`${folder}${path.sep}`.startsWith(`${shared}${path.sep}`)
    ) {
      shared = path.dirname(shared)
    }
    return shared
  }, first)
}
