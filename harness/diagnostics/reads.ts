import path from 'node:path'

/** What of the disk an action depends on. */
export interface Reads {
  /** Absolute paths of files that were read, or looked for. */
  readonly files: ReadonlySet<string>
  /** Absolute paths of folders whose content counts, whatever is in them. */
  readonly folders: ReadonlySet<string>
}

interface Notes {
  readonly files: Set<string>
  readonly folders: Set<string>
}

let notes: Notes | null = null

/** Notes that a file is read, or looked for. */
export function noteFile(file: string): void {
  notes?.files.add(path.resolve(file))
}

/** Notes that what a folder holds counts. */
export function noteFolder(folder: string): void {
  notes?.folders.add(path.resolve(folder))
}

/** Notes what somebody has read before: what is kept of it is used now. */
export function noteReads({ files, folders }: Reads): void {
  for (const file of files) notes?.files.add(file)
  for (const folder of folders) notes?.folders.add(folder)
}

/** Does something, without waiting in between, and says what of the disk it depends on. */
export function withReads<Value>(action: () => Value): { readonly value: Value; readonly reads: Reads } {
  const outer = notes
  const own: Notes = { files: new Set(), folders: new Set() }
  notes = own
  try {
    return { value: action(), reads: own }
  } finally {
    notes = outer
    noteReads(own)
  }
}
