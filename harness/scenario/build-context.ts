import type { Place } from '../diagnostics/place.ts'
import type { Problems } from '../diagnostics/problems.ts'
import { readSource } from '../diagnostics/read-source.ts'
import type { Source } from '../diagnostics/source.ts'
import { type PathBase, resolvePath } from './resolve-path.ts'

/** What the parts of a chain are built with. */
export interface BuildContext {
  readonly paths: PathBase
  readonly problems: Problems
  /** The variant whose chain it is; null for that of the file. */
  readonly variant: string | null
}

/** The file that a scenario names; null, and why, where it cannot be read. */
export function readNamed(
  file: string,
  place: Place,
  { paths, problems }: Pick<BuildContext, 'paths' | 'problems'>,
): Source | null {
  const found = resolvePath(file, paths, place, 'E_FILE_MISSING', problems)
  if (found === null) return null
  const result = readSource(found)
  if ('source' in result) return result.source
  problems.add(place.source, place.span, result.problem.code, result.problem.message)
  return null
}
