import { bytesFromText, headerValues, utf8Of } from '../chain/message.ts'
import { type Pattern, PatternBudgetError } from '../scenario/pattern.ts'
import type { Capture } from '../scenario/scenario.ts'
import { formsOf, maskHeaderPart } from '../secrets/mask.ts'
import type { Trace } from '../trace/trace.ts'
import { parseJson } from './match-text.ts'
import type { Check } from './result.ts'

/** Values taken from responses, by name. They hold wire bytes as Latin-1, ready to be sent again. */
export type Captures = Map<string, string>

/**
 * Takes what a step captures from its response into `captures`, and what of it is secret into `secrets`, too.
 * @returns one check per capture: a later step counts on it, so a value that is not there is a failure here
 */
export function takeCaptures(
  capture: readonly Capture[],
  trace: Trace,
  captures: Captures,
  secrets: Set<string>,
): Check[] {
  return capture.map((one) => {
    const found = candidatesWithin(one.from, trace)
    const value = typeof found === 'string' ? undefined : found[0]
    const passed = value !== undefined && found.length === 1
    if (passed) captures.set(one.name, value)
    if (passed && one.isSecret) for (const form of formsOf(value)) secrets.add(form)
    const words = passed ? { expected: '', actual: '' } : { expected: wanted(one.from), actual: foundText(found) }
    return { what: `capture.${one.name}`, hop: null, seen: null, span: one.span, passed, ...words, at: null }
  })
}

/** What could be taken, or why its pattern did not come to an end. */
function candidatesWithin(from: Capture['from'], trace: Trace): readonly string[] | string {
  try {
    return candidates(from, trace)
  } catch (error) {
    if (error instanceof PatternBudgetError) return error.message
    throw error
  }
}

/** What could be taken: nothing, one value, or several lines of a header, of which none is the one that was meant. */
function candidates(from: Capture['from'], { response }: Trace): readonly string[] {
  if (response === null) return []
  if (from.kind === 'header') {
    const lines = headerValues(response.headers, from.header)
    const { pattern } = from
    return pattern === null ? lines : lines.flatMap((line) => partThatMatches(pattern, line) ?? [])
  }
  const text = utf8Of(response.body)
  const value = from.kind === 'json' ? valueAt(parseJson(text)?.value, from.path) : partThatMatches(from.pattern, text)
  return wireTexts(value)
}

/** The first group of a pattern where it has one, else all that it matches. */
function partThatMatches(pattern: Pattern, text: string): string | undefined {
  const match = pattern.exec(text)
  return match?.[1] ?? match?.[0]
}

/** Not the values: they may be secrets. */
function foundText(found: readonly string[] | string): string {
  if (typeof found === 'string') return found
  return found.length === 0 ? 'nothing' : `${found.length} lines`
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((at, key) => {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    return Reflect.get(at, key)
  }, value)
}

/** A scalar as the bytes it has in UTF-8; a structure as its JSON; none where there is nothing. */
function wireTexts(value: unknown): string[] {
  if (value === undefined || value === null) return []
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return [bytesFromText(text)]
}

function wanted(from: Capture['from']): string {
  switch (from.kind) {
    case 'header':
      return from.pattern === null
        ? `one line of header ${from.header}`
        : `one line of header ${from.header} that matches /${maskHeaderPart(from.header, from.pattern.source)}/`
    case 'json':
      return `a value at $${from.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')}`
    case 'body':
      return `a body that matches /${from.pattern.source}/`
  }
}
