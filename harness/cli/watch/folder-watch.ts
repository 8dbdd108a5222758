import { type FSWatcher, statSync, watch } from 'node:fs'
import path from 'node:path'
import { systemFact } from '../../diagnostics/read-source.ts'

/** An editor writes a file in several steps, and several files one after the other: what comes within this time is one change. */
const SETTLE_MS = 30

/** A change is told after this time at the latest, even where files go on changing. */
const MAX_SETTLE_MS = 100

/** What has no number of its own: no folder, or none that can be watched. */
const NO_INODE = -1

/** Why a watch cannot go on. The message is a sentence for people. */
export class WatchError extends Error {
  constructor(...args: ConstructorParameters<typeof Error>) {
    super(...args)
    this.name = 'WatchError'
  }
}

interface Watched {
  readonly watcher: FSWatcher
  /** A folder that is made again is another one. */
  readonly inode: number
}

/**
 * Says which files are saved, made, renamed or deleted in some folders. Folders are watched and not files: what an editor puts in
 * the place of a file is a new one.
 */
export class FolderWatch implements Disposable {
  readonly #watched = new Map<string, Watched>()
  readonly #counts: (file: string) => boolean
  readonly #changed = new Set<string>()
  #firstMs = 0
  #timer: NodeJS.Timeout | null = null
  #tell: (() => void) | null = null

  /** @param counts whether a change of this file, an absolute path, is told */
  constructor(counts: (file: string) => boolean) {
    this.#counts = counts
  }

  /**
   * Watches these folders, not what is below them, and no others any more. One that is not there is left out.
   * @throws {WatchError} the system watches no more folders
   */
  watch(folders: ReadonlySet<string>): void {
    for (const [folder, { watcher, inode }] of this.#watched) {
      if (folders.has(folder) && inodeOf(folder) === inode) continue
      watcher.close()
      this.#watched.delete(folder)
    }
    for (const folder of folders) {
      if (!this.#watched.has(folder)) this.#add(folder)
    }
  }

  /** Waits for the next change and gives its files; null where the signal comes first. What changed before the call counts, too. */
  async next(signal: AbortSignal): Promise<ReadonlySet<string> | null> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#tell = resolve
    const onAbort = (): void => resolve()
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) resolve()
    else if (this.#changed.size > 0 && this.#timer === null) resolve()
    await promise
    signal.removeEventListener('abort', onAbort)
    this.#tell = null
    if (signal.aborted) return null
    const files = new Set(this.#changed)
    this.#changed.clear()
    return files
  }

  [Symbol.dispose](): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.watch(new Set())
  }

  #add(folder: string): void {
    const inode = inodeOf(folder)
    if (inode === NO_INODE) return
    try {
      const watcher = watch(folder, (_, name) => this.#note(name === null ? folder : path.join(folder, name)))
      // A folder that goes away; the one above it says so.
      watcher.on('error', () => watcher.close())
      this.#watched.set(folder, { watcher, inode })
    } catch (error) {
      throw new WatchError(`Failed to watch "${folder}": ${watchFact(error)}`, { cause: error })
    }
  }

  #note(file: string): void {
    if (!this.#counts(file)) return
    const nowMs = performance.now()
    if (this.#timer === null) this.#firstMs = nowMs
    else clearTimeout(this.#timer)
    this.#changed.add(file)
    const waitMs = Math.max(0, Math.min(SETTLE_MS, this.#firstMs + MAX_SETTLE_MS - nowMs))
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#tell?.()
    }, waitMs)
  }
}

function inodeOf(folder: string): number {
  const stats = statSync(folder, { throwIfNoEntry: false })
  return stats?.isDirectory() === true ? stats.ino : NO_INODE
}

function watchFact(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOSPC' || code === 'EMFILE') {
    return 'the system watches no more folders. Raise fs.inotify.max_user_watches and max_user_instances'
  }
  return `${systemFact(error)}.`
}
