import { posix } from 'node:path'
import type { HostFiles } from '../chain/chain.ts'
import { bufferOf } from '../chain/message.ts'
import { FILES_MODIFIED_MS } from '../chain/outside.ts'
import type { FileEntry } from '../nginx/site.ts'

/** What nginx finds at a path (bytes as Latin-1), as the model of nginx asks for it. */
export function findFile(files: HostFiles): (path: string) => FileEntry | null {
  const byPath = new Map([...files].map(([name, bytes]) => [latin1(name), bytes]))
  const folders = new Set([...byPath.keys()].flatMap(foldersOf))
  return (path) => {
    const place = posix.normalize(path)
    const bytes = byPath.get(place)
    if (bytes !== undefined) return { kind: 'file', bytes: bufferOf(bytes), modifiedMs: FILES_MODIFIED_MS }
    return folders.has(place.replace(/(?<=.)\/$/, '')) ? { kind: 'directory' } : null
  }
}

function foldersOf(file: string): string[] {
  const folder = posix.dirname(file)
  return folder === file ? [] : [folder, ...foldersOf(folder)]
}

function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
