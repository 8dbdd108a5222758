import { existsSync } from 'node:fs'
import path from 'node:path'
import { isInside } from '../chain/load-chain.ts'
import type { Place } from '../diagnostics/place.ts'
import type { Problems } from '../diagnostics/problems.ts'
import { displayPath } from '../diagnostics/read-source.ts'
import { noteFile } from '../diagnostics/reads.ts'
import type { NamedChains } from './named-chains.ts'

/** Where paths of a file begin, and how far they may lead. */
export interface PathBase {
  /** The absolute folder out of which no path leads: the repository, or the scenarios folder. */
  readonly bounds: string
  /** Absolute folders at which paths may begin, the first that has one counts. */
  readonly bases: readonly string[]
  /** The file's own folder. */
  readonly dir: string
  /** Chains that have a name. */
  readonly chains: NamedChains | null
}

/** What was found once is not looked for again in this process: a thousand scenarios name the same chain. */
const found = new Map<string, string>()

/**
 * The absolute path that a file means by `written`, from the first of its bases that has one. What is absolute or leads out of the bounds, by `..` or by a symbolic link, is a problem; so is what is not there.
 */
export function resolvePath(
  written: string,
  base: PathBase,
  place: Place,
  missing: string,
  problems: Problems,
): string | null {
  const key = [base.bounds, ...base.bases, written].join('\0')
  const known = found.get(key) ?? findPath(written, base, place, missing, problems)
  if (known !== null) {
    noteFile(known)
    found.set(key, known)
  }
  return known
}

function findPath(written: string, base: PathBase, place: Place, missing: string, problems: Problems): string | null {
  const report = (code: string, fact: string, hint: string) => {
    problems.add(place.source, place.span, code, `Failed to read "${written}": ${fact}`, hint)
    return null
  }
  if (written.includes('\0')) return report('E_PATH_OUTSIDE', 'a path has no NUL character', 'Leave it out.')
  const candidates = base.bases.map((folder) => path.resolve(folder, written))
  const inside = candidates.filter((candidate) => isBelow(candidate, base.bounds))
  if (path.isAbsolute(written) || path.win32.isAbsolute(written) || inside.length === 0) {
    return report('E_PATH_OUTSIDE', `it leads out of "${displayPath(base.bounds)}"`, 'Write a path inside.')
  }
  const names = base.chains?.names ?? []
  const chains = missing === 'E_CHAIN_MISSING' && names.length > 0 ? ` Chains with a name: ${names.join(', ')}.` : ''
  for (const candidate of inside) noteFile(candidate)
  const existing = inside.find((candidate) => existsSync(candidate))
  if (existing === undefined) {
    return report(
      missing,
      'there is no such file or folder',
      `Looked for ${inside.map(displayPath).filter(isFirst).join(' and ')}.${chains}`,
    )
  }
  if (isInside(existing, base.bounds)) return existing
  return report('E_PATH_OUTSIDE', `a symbolic link leads it out of "${displayPath(base.bounds)}"`, 'Put a copy inside.')
}

/** As written, before links are followed: what is outside must not even be looked for. */
function isBelow(file: string, folder: string): boolean {
  const relative = path.relative(folder, file)
  return !(relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative))
}

function isFirst<Value>(value: Value, index: number, all: readonly Value[]): boolean {
  return all.indexOf(value) === index
}
