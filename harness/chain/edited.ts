import { spliced, writtenWhole } from '../diagnostics/composition.ts'
import type { Source } from '../diagnostics/source.ts'
import type { Edit } from './world-change.ts'

/**
 * The source after an edit, under the same file name, so that places in it stay where its readers look for them. Null where the
 * text to replace is not in it.
 */
export function edited(source: Source, edit: Edit): Source | null {
  if (edit.kind === 'whole') return writtenWhole(source.file, edit.text, edit.written)
  if (!source.text.includes(edit.find)) return null
  let result = source
  // From the end, so that the offsets of those before stay right.
  for (const at of occurrences(source.text, edit.find).toReversed()) {
    result = spliced(result, at, edit.find.length, edit.with, edit.written)
  }
  return result
}

function occurrences(text: string, find: string): number[] {
  const found: number[] = []
  for (let at = text.indexOf(find); at !== -1; at = text.indexOf(find, at + find.length)) found.push(at)
  return found
}
