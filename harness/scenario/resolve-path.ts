import { existsSync } from 'node:fs'
import path from 'node:path'
import { isInside } from '../chain/load-chain.ts'
import type { Place } from '../diagnostics/place.ts'
import type { Problems } from '../diagnostics/problems.ts'
import { displayPath } from '../diagnostics/read-source.ts'

/** Where paths of a scenario file begin: at the root, which also bounds them, or at the file's own folder. */
export interface PathBase {
  readonly root: string
  readonly dir: string
}

/** What was found once is not looked for again in this process: a thousand scenarios name the same chain. */
const found = new Map<string, string>()

/**
 * The absolute path that a scenario means by `written`: under the root, or else relative to its own folder. What is
 * absolute or leads out of the root, by `..` or by a symbolic link, is a problem; so is what is not there.
 */
export function resolvePath(
  written: string,
  base: PathBase,
  place: Place,
  missing: string,
  problems: Problems,
): string | null {
  const key = [base.root, base.dir, written].join('\0')
  const known = found.get(key) ?? findPath(written, base, place, missing, problems)
  if (known !== null) found.set(key, known)
  return known
}

function findPath(written: string, base: PathBase, place: Place, missing: string, problems: Problems): string | null {
  const report = (code: string, fact: string, hint: string) => {
    problems.add(place.source, place.span, code, `Failed to read "${written}": ${fact}`, hint)
    return null
  }
  if (written.includes('\0')) return report('E_PATH_OUTSIDE', 'a path has no NUL character', 'Leave it out.')
  const candidates = [path.resolve(base.root, written), path.resolve(base.dir, written)]
  const inside = candidates.filter((candidate) => isBelow(candidate, base.root))
  if (path.isAbsolute(written) || path.win32.isAbsolute(written) || inside.length === 0) {
    return report(
      'E_PATH_OUTSIDE',
      'it leads out of the scenarios folder',
      `Write a path inside "${displayPath(base.root)}".`,
    )
  }
  const existing = inside.find((candidate) => existsSync(candidate))
  if (existing === undefined) {
    return report(
      missing,
      'there is no such file or folder',
      `Looked for ${inside.map(displayPath).filter(isFirst).join(' and ')}.`,
    )
  }
  if (isInside(existing, base.root)) return existing
  return report('E_PATH_OUTSIDE', 'a symbolic link leads it out of the scenarios folder', 'Put a copy inside.')
}

/** As written, before links are followed: what is outside must not even be looked for. */
function isBelow(file: string, folder: string): boolean {
  const relative = path.relative(folder, file)
  return !(relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative))
}

function isFirst<Value>(value: Value, index: number, all: readonly Value[]): boolean {
  return all.indexOf(value) === index
}
