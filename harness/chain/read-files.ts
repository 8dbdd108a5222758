import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { HostFiles } from './chain.ts'
import { type Bytes, bytesFrom, bytesFromText } from './message.ts'

const MAX_FILES = 2_000
const MAX_BYTES = 10 * 1024 * 1024

/**
 * The files under a folder, by the absolute path that they have where the folder is the root.
 * @param isAllowed whether a path may be read, links followed; others are left out
 * @throws {RangeError} there are too many, or they are too large; the message ends a sentence that begins with the folder's name
 */
export function readFiles(root: string, isAllowed: (file: string) => boolean): HostFiles {
  const places = readdirSync(root, { recursive: true, withFileTypes: true })
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((place) => isAllowed(place) && statSync(place).isFile())
    .sort()
  if (places.length > MAX_FILES) throw new RangeError(`it holds ${places.length} files; at most ${MAX_FILES} are read`)
  const files = new Map<string, Bytes>()
  let bytes = 0
  for (const place of places) {
    bytes += statSync(place).size
    if (bytes > MAX_BYTES) throw new RangeError('its files have more than 10 MiB together')
    files.set(`/${path.relative(root, place).split(path.sep).join('/')}`, bytesFrom(readFileSync(place)))
  }
  return files
}

/** Files that are written as texts. */
export function textFiles(texts: Readonly<Record<string, string>>): HostFiles {
  return new Map(Object.entries(texts).map(([name, text]) => [name, bytesFromText(text)]))
}
