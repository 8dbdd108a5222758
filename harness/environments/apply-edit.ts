import { edited } from '../chain/edited.ts'
import type { Edit } from '../chain/world-change.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Source } from '../diagnostics/source.ts'
import { InvalidChainError } from './environment.ts'

/**
 * The source after an `edit` step, under the same file name, so that places in it stay where its readers look for them.
 * @throws {InvalidChainError} the text to replace is not in it
 */
export function applyEdit(source: Source, edit: Edit): Source {
  const after = edited(source, edit)
  if (after === null && edit.kind === 'replace') throw new InvalidChainError([notFound(source, edit)])
  return after ?? source
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
