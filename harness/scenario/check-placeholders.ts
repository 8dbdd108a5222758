import type { Place } from '../diagnostics/place.ts'
import type { Problems } from '../diagnostics/problems.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { isPlainMap, type PlainValue } from '../diagnostics/yaml-to-plain.ts'
import { hasPlaceholder, placeholdersIn } from './placeholders.ts'

/**
 * Holds every `${name}` of the steps against the rows' names and what earlier steps capture. In the texts of an `edit`
 * unknown names are left alone: nginx writes its variables the same way.
 */
export function checkPlaceholders(
  steps: readonly PlainValue[],
  place: Place,
  rowNames: readonly string[],
  problems: Problems,
): void {
  const known = new Set(rowNames)
  const later = new Set(steps.flatMap(capturesOf))
  steps.forEach((step, index) => {
    if (hasPlaceholder(step) && !isEdit(step)) checkValue(step, place.at(index), known, later, problems)
    for (const name of capturesOf(step)) {
      if (rowNames.includes(name)) {
        const at = place.at(index, 'capture', name)
        problems.add(at.source, at.keySpan, 'E_CAPTURE_INVALID', `"${name}" is already a value of the examples`)
      }
      known.add(name)
    }
  })
}

function checkValue(value: PlainValue, place: Place, known: Set<string>, later: Set<string>, problems: Problems): void {
  if (typeof value === 'string') {
    const name = placeholdersIn(value).find((used) => !known.has(used) && !used.startsWith('env:'))
    if (name === undefined) return
    const message = later.has(name)
      ? `\${${name}} is used before a step has captured it`
      : `unknown placeholder \${${name}}${didYouMean(name, [...known])}`
    problems.add(place.source, place.span, 'E_PLACEHOLDER_UNKNOWN', message)
  } else if (typeof value === 'object' && value !== null) {
    const isList = Array.isArray(value)
    for (const [key, member] of Object.entries(value)) {
      checkValue(member, place.at(isList ? Number(key) : key), known, later, problems)
    }
  }
}

function capturesOf(step: PlainValue): string[] {
  const capture = isPlainMap(step) ? step.capture : undefined
  return capture !== undefined && isPlainMap(capture) ? Object.keys(capture) : []
}

function isEdit(step: PlainValue): boolean {
  return isPlainMap(step) && Object.hasOwn(step, 'edit')
}
