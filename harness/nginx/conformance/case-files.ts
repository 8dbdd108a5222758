import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type ConformanceCase, FILES_CHANGED_MS } from './case.ts'

/** The files of a case in a folder of their own, which goes when it is disposed of. */
export class CaseFiles implements Disposable {
  readonly dir: string

  /** Writes them. Paths that end with `/` are folders. */
  constructor(files: ConformanceCase['files'] = {}) {
    this.dir = mkdtempSync(join(tmpdir(), 'nginx-files-'))
    for (const [path, text] of Object.entries(files)) {
      const place = join(this.dir, path)
      mkdirSync(path.endsWith('/') ? place : dirname(place), { recursive: true })
      if (path.endsWith('/')) continue
      writeFileSync(place, text, 'latin1')
      utimesSync(place, FILES_CHANGED_MS / 1000, FILES_CHANGED_MS / 1000)
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true })
  }
}
