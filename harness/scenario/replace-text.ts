import { spliced } from '../diagnostics/composition.ts'
import type { Place } from '../diagnostics/place.ts'
import type { Problems } from '../diagnostics/problems.ts'
import type { Source } from '../diagnostics/source.ts'

/** A change of a file as a scenario writes it. */
interface WrittenChange {
  readonly replace?: string | undefined
  readonly with?: string | undefined
}

/**
 * A text with a part of it replaced; null, and why, where it cannot be. The text keeps its file's name: without a line break in the
 * replacement its lines are still that file's.
 * @param current the text; null where the chain has none
 * @param name what it is: `site`, `routes`
 */
export function replaceText(
  { replace = '', with: replacement = '' }: WrittenChange,
  place: Place,
  name: string,
  current: Source | null,
  variant: string | null,
  problems: Problems,
): Source | null {
  const at = place.at('replace')
  if (current === null) {
    const message = `the chain has no ${name} to replace anything in`
    problems.add(at.source, at.span, 'E_EDIT_NOT_FOUND', message, 'Give its whole text: {text: …}')
    return null
  }
  const problem = replaceProblem(current.text, replace, current.file)
  if (problem === null) {
    const from = current.text.indexOf(replace)
    return spliced(current, from, replace.length, replacement, place.at('with').written(variant))
  }
  problems.add(at.source, at.span, 'E_EDIT_NOT_FOUND', problem.message, problem.hint)
  return null
}

/** Why a text cannot be replaced, or null: it must be there once, or nobody knows which one was meant. */
export function replaceProblem(text: string, find: string, file: string): { message: string; hint: string } | null {
  const times = text.split(find).length - 1
  if (times === 1) return null
  const shown = find.length > 80 ? `${find.slice(0, 80)}…` : find
  const message = `Failed to replace "${shown}": it occurs ${times === 0 ? 'nowhere' : `${times} times`} in ${file}`
  const hint =
    times === 0
      ? 'Copy the text from the file, white space included.'
      : 'Write more of what stands around it, until it is the only one.'
  return { message, hint }
}
