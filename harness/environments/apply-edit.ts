import type { Edit } from '../chain/world-change.ts'
import { spliced, writtenWhole } from '../diagnostics/composition.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Source } from '../diagnostics/source.ts'
import { InvalidChainError } from './environment.ts'

/**
 * The source after an `edit` step, under the same file name, so that places in it stay where its readers look for them.
 * @throws {InvalidChainError} the text to replace is not in it
 */
export function applyEdit(source: Source, edit: Edit): Source {
  if (edit.kind === 'whole') return writtenWhole(source.file, edit.text, edit.written)
  if (!source.text.includes(edit.find)) throw new InvalidChainError([notFound(source, edit)])
  let edited = source
  // From the end, so that the offsets of those before stay right.
  for (const at of occurrences(source.text, edit.find).toReversed()) {
    edited = spliced(edited, at, edit.find.length, edit.with, edit.written)
  }
  return edited
}

function occurrences(text: string, find: string): number[] {
  const found: number[] = []
  for (let at = text.indexOf(find); at !== -1; at = text.indexOf(find, at + find.length)) found.push(at)
  return found
}

function notFound(source: Source, { find, written }: Extract<Edit, { readonly kind: 'replace' }>): Diagnostic {
  const { source: told, start } = written ?? { source, start: 0 }
  return {
    code: 'E_EDIT_NOT_FOUND',
    severity: 'error',
    message: `Failed to edit "${source.file}": the text to replace, "${find}", is not in it.`,
    span: told.spanAt(start, 1),
    hint: 'An earlier step may have changed it already. Copy the text from the file as it is at this step.',
    source: told,
  }
}
