import path from 'node:path'
import { displayPath } from '../../diagnostics/read-source.ts'
import type { NamedSuite } from '../load-suite.ts'
import { FolderWatch } from './folder-watch.ts'
import { WatchedSuite } from './watched-suite.ts'

/** What is to be run now. */
export interface WatchRound {
  /** The scenarios that are run, and the files that are not valid, of those that were read for it. */
  readonly suite: NamedSuite
  /** The files that changed, as messages show them; empty in the first round. */
  readonly changed: readonly string[]
}

/**
 * Runs a suite, and then what each saved file touches. A save ends a round that is under way: what it did not come to is run in
 * the next one.
 * @param play runs one round until its signal comes, and gives the files of the scenarios that it did not come to
 * @param signal ends it
 * @throws {WatchError} the system watches no more folders, and what `play` throws
 */
export async function watchSuite(
  paths: readonly string[],
  play: (round: WatchRound, signal: AbortSignal) => Promise<readonly string[]>,
  signal: AbortSignal,
): Promise<void> {
  const watched = new WatchedSuite(paths)
  using changes = new FolderWatch((file) => watched.isTouchedBy(file))
  changes.watch(watched.folders)
  let round: WatchRound = { suite: watched.suite, changed: [] }
  while (!signal.aborted) {
    const stop = new AbortController()
    const next = changes.next(signal).finally(() => stop.abort())
    const left = await play(round, AbortSignal.any([signal, stop.signal]))
    const files = await next
    if (files === null) return
    const touched = watched.update(files)
    changes.watch(watched.folders)
    round = {
      suite: watched.suiteOf([...touched, ...left.map((file) => path.resolve(file))]),
      changed: [...files].map(displayPath),
    }
  }
}
