import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Place } from '../diagnostics/place.ts'
import { Problems } from '../diagnostics/problems.ts'
import type { Span } from '../diagnostics/span.ts'
import { isPlainMap, type PlainValue } from '../diagnostics/yaml-to-plain.ts'
import type { Scenario, Variable } from './scenario.ts'

const OPENING = `\${env:`
const NAME = /^[A-Za-z_][A-Za-z0-9_]*\}/

/** Where the values of variables are filled in. */
const FILLED: ReadonlySet<string> = new Set(['examples', 'steps'])

/** Where a text stands in a file. */
interface Where {
  /** Variables are filled in here. */
  readonly isFilled: boolean
  readonly isPattern: boolean
}

/**
 * Finds every `${env:NAME}` in the steps and the examples of a file; `place` is the file's. Anywhere else it is a problem: nobody
 * would fill it in. Whether a variable is set is not asked here: a file is valid wherever it is read.
 */
export function findVariables(file: PlainValue, place: Place, problems: Problems): readonly Variable[] {
  const spans = new Map<string, Span[]>()
  for (const [key, value] of Object.entries(isPlainMap(file) ? file : {})) {
    look(value, place.at(key), { isFilled: FILLED.has(key), isPattern: false }, spans, problems)
  }
  return Array.from(spans, ([name, all]) => ({ name, spans: all, value: null }))
}

function look(value: PlainValue, place: Place, where: Where, spans: Map<string, Span[]>, problems: Problems): void {
  if (typeof value === 'string') {
    for (const name of namesIn(value)) {
      const span = spanOf(place, `${OPENING}${name ?? ''}`)
      const report = (message: string, hint: string) =>
        problems.add(place.source, span, 'E_PLACEHOLDER_UNKNOWN', message, hint)
      if (name === null)
        report('this names no variable of the environment', `Write \${env:NAME}: letters, digits and "_".`)
      else if (!where.isFilled) report(`\${env:${name}} is not filled in here`, 'Use it in steps or examples.')
      else if (where.isPattern)
        report(`\${env:${name}} cannot be part of a pattern`, 'Use contains, or the whole text.')
      else spans.set(name, [...(spans.get(name) ?? []), span])
    }
  } else if (typeof value === 'object' && value !== null) {
    const isList = Array.isArray(value)
    for (const [key, member] of Object.entries(value)) {
      const inside = { ...where, isPattern: where.isPattern || key === 'matches' }
      look(member, place.at(isList ? Number(key) : key), inside, spans, problems)
    }
  }
}

/** The names behind each `${env:`; null where none is. */
function namesIn(text: string): (string | null)[] {
  return text
    .split(OPENING)
    .slice(1)
    .map((rest) => NAME.exec(rest)?.[0].slice(0, -1) ?? null)
}

/** Where a scalar has a text as it is written there; else all of it. */
function spanOf(place: Place, text: string): Span {
  const { source } = place
  const { start, end } = place.written(null)
  const at = source.text.slice(start, end).indexOf(text)
  const closing = source.text.indexOf('}', start + at)
  return at === -1 ? place.span : source.spanAt(start + at, closing === -1 ? text.length : closing + 1 - start - at)
}

/** A scenario with the values of its variables, or every place of one that has none. There are problems exactly where there is no scenario. */
export function readVariables(
  scenario: Scenario,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly scenario: Scenario | null; readonly diagnostics: readonly Diagnostic[] } {
  const problems = new Problems()
  const variables = scenario.variables.map((variable): Variable => {
    const value = environment[variable.name] ?? ''
    if (value !== '') return { ...variable, value }
    const fact = environment[variable.name] === undefined ? 'is not set' : 'is empty'
    const message = `the environment variable ${variable.name} ${fact}`
    for (const span of variable.spans) {
      problems.add(scenario.source, span, 'E_VARIABLE_UNSET', message, `Set it: export ${variable.name}=…`)
    }
    return variable
  })
  if (problems.list.length > 0) return { scenario: null, diagnostics: problems.list }
  return { scenario: { ...scenario, variables }, diagnostics: [] }
}
