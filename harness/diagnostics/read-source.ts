import { isUtf8 } from 'node:buffer'
import { readFileSync, type Stats, statSync } from 'node:fs'
import path from 'node:path'
import { noteFile } from './reads.ts'
import { Source } from './source.ts'

const MIB = 1024 * 1024
/** The largest file that is read at all, in bytes. */
export const MAX_FILE_BYTES = MIB

/** A file's text, or why there is none: the end of a sentence that begins with the file's name. */
export type SourceOrProblem = { readonly source: Source } | { readonly problem: { code: string; message: string } }

/** Reads a text file of at most 1 MiB. A byte order mark is dropped; anything but UTF-8 is a problem. */
export function readSource(file: string): SourceOrProblem {
  noteFile(file)
  const name = displayPath(file)
  const problem = (code: string, fact: string) => ({ problem: { code, message: `Failed to read "${name}": ${fact}` } })
  try {
    const stats: Stats = statSync(file)
    if (!stats.isFile()) return problem('E_FILE_MISSING', 'it is not a file')
    if (stats.size > MAX_FILE_BYTES) {
      return problem(
        'E_FILE_SIZE',
        `it has ${(stats.size / MIB).toFixed(1)} MiB; at most ${MAX_FILE_BYTES / MIB} MiB are read`,
      )
    }
    const bytes = readFileSync(file)
    if (!isUtf8(bytes)) return problem('E_FILE_ENCODING', 'it is not UTF-8 text. Save it as UTF-8')
    return { source: new Source(name, bytes.toString('utf8').replace(/^\uFEFF/, '')) }
  } catch (error) {
    return problem('E_FILE_MISSING', systemFact(error))
  }
}

/** A path as people see it: relative to the working directory where it is inside that, absolute elsewhere. */
export function displayPath(file: string): string {
  const relative = path.relative(process.cwd(), file)
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? path.resolve(file) : relative
}

const SYSTEM_FACTS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'permission is denied',
  EISDIR: 'it is a folder',
  ENOSPC: 'there is no space left on its disk',
  EROFS: 'its disk is read-only',
  ELOOP: 'its symbolic links go round in circles',
}

/** What a failed file operation came to, in words. */
export function systemFact(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  return SYSTEM_FACTS[code] ?? `the system says ${code}`
}
