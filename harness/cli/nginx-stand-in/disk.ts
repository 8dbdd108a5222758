import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { FileEntry } from '../../nginx/site.ts'

/** The folders in which the model looks for relative paths: those of Debian's nginx. */
const MODEL_CONF = '/etc/nginx/'
const MODEL_PREFIX = '/usr/share/nginx/'

/** S_IXUSR */
const OWNER_EXECUTES = 0o100

/**
 * The real disk as the model asks for it: what it looks for in Debian's folders lies in those of this nginx.
 * @param folder where the configuration lies
 */
export function filesOnDisk(prefix: string, folder: string): (file: string) => FileEntry | null {
  return (file) => {
    const place = Buffer.from(placed(file, prefix, folder), 'latin1')
    try {
      const stats = statSync(place)
      const isExecutable = (stats.mode & OWNER_EXECUTES) !== 0
      if (stats.isDirectory()) return { kind: 'directory', isExecutable }
      return { kind: 'file', bytes: readFileSync(place), modifiedMs: stats.mtimeMs, isExecutable }
    } catch {
      return null
    }
  }
}

function placed(file: string, prefix: string, folder: string): string {
  if (file.startsWith(MODEL_CONF)) return path.posix.join(folder, file.slice(MODEL_CONF.length))
  if (file.startsWith(MODEL_PREFIX)) return prefix + file.slice(MODEL_PREFIX.length)
  return file
}
