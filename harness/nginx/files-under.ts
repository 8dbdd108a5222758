import { readFileSync, realpathSync, statSync } from 'node:fs'
import { posix, sep } from 'node:path'
import type { FileEntry } from './site.ts'

/**
 * A folder of this machine as the root of the file system that nginx sees, for {@link SiteWorld.file}: `/var/www/html/a` is the
 * file `var/www/html/a` in it. No link leads out of it. Bytes are read when they are served.
 * @param root an absolute path
 */
export function filesUnder(root: string): (path: string) => FileEntry | null {
  const real = realpathSync(root)
  const inside = real.endsWith(sep) ? real : real + sep
  return (path) => {
    const name = Buffer.from(posix.normalize(`/${path}`), 'latin1').toString('utf8')
    try {
      const place = realpathSync(inside + name.slice(1))
      if (place !== real && !place.startsWith(inside)) return null
      return entryAt(place)
    } catch {
      return null
    }
  }
}

function entryAt(place: string): FileEntry | null {
  const stat = statSync(place)
  if (stat.isDirectory()) return { kind: 'directory' }
  if (!stat.isFile()) return null
  return {
    kind: 'file',
    modifiedMs: stat.mtimeMs,
    get bytes() {
      return readFileSync(place)
    },
  }
}
