import { headerValue, utf8Of } from '../chain/message.ts'
import type { Trace } from '../chain/trace.ts'
import type { Capture } from '../scenario/scenario.ts'
import { parseJson } from './match-text.ts'
import type { Check } from './result.ts'

/** Values taken from responses, by name. They hold wire bytes as Latin-1, ready to be sent again. */
export type Captures = Map<string, string>

/**
 * Takes what a step captures from its response into `captures`.
 * @returns one check per capture: a later step counts on it, so a value that is not there is a failure here
 */
export function takeCaptures(capture: readonly Capture[], trace: Trace, captures: Captures): Check[] {
  return capture.map((one) => {
    const value = captured(one.from, trace)
    if (value !== null) captures.set(one.name, value)
    const passed = value !== null
    return {
      what: `capture.${one.name}`,
      hop: null,
      span: one.span,
      passed,
      expected: passed ? '' : wanted(one.from),
      actual: passed ? '' : 'nothing',
      at: null,
    }
  })
}

function captured(from: Capture['from'], { response }: Trace): string | null {
  if (response === null) return null
  if (from.kind === 'header') return headerValue(response.headers, from.header) ?? null
  const text = utf8Of(response.body)
  if (from.kind === 'json') return wireText(valueAt(parseJson(text)?.value, from.path))
  from.pattern.lastIndex = 0
  const match = from.pattern.exec(text)
  return wireText(match?.[1] ?? match?.[0])
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((at, key) => {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    return Reflect.get(at, key)
  }, value)
}

/** A scalar as the bytes it has in UTF-8; a structure as its JSON; null where there is nothing. */
function wireText(value: unknown): string | null {
  if (value === undefined || value === null) return null
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return Buffer.from(text, 'utf8').toString('latin1')
}

function wanted(from: Capture['from']): string {
  switch (from.kind) {
    case 'header':
      return `a header ${from.header}`
    case 'json':
      return `a value at $${from.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')}`
    case 'body':
      return `a body that matches ${from.pattern}`
  }
}
