import type { Edit } from '../chain/world-change.ts'
import { Source } from '../diagnostics/source.ts'
import { InvalidChainError } from './environment.ts'

/**
 * The source after an `edit` step, under the same file name, so that places in it stay where its readers look for them.
 * @throws {InvalidChainError} the text to replace is not in it
 */
export function applyEdit(source: Source, edit: Edit): Source {
  if (edit.kind === 'whole') return new Source(source.file, edit.text)
  if (!source.text.includes(edit.find)) {
    throw new InvalidChainError([
      {
        code: 'E_EDIT_NOT_FOUND',
        severity: 'error',
        message: `Failed to edit "${source.file}": the text to replace, "${edit.find}", is not in it.`,
        span: source.spanAt(0, 1),
        hint: 'An earlier step may have changed it already. Copy the text from the file as it is at this step.',
        source,
      },
    ])
  }
  return new Source(
    source.file,
    source.text.replaceAll(edit.find, () => edit.with),
  )
}
