import { z } from 'zod'
import type { TextProblem } from '../path-pattern.ts'
import { suggestion } from '../suggestion.ts'
import type { Problems } from './problem.ts'
import type { YamlFile } from './yaml-file.ts'

/** A mapping with exactly these keys. Its error for other keys lists the known ones: `checkShape` makes a hint of them. */
export function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape).join(' ')
  return z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined) })
}

/** A text that `read` understands, as what `read` makes of it. */
export function textAs<Value>(read: (text: string) => { readonly value: Value } | TextProblem) {
  return z.string().transform((text, context): Value => {
    const result = read(text)
    if ('value' in result) return result.value
    context.addIssue({ code: 'custom', message: result.problem, params: { hint: result.hint } })
    return z.NEVER
  })
}

/** Checks the value at `path` of a file; null, and a problem with its place for everything wrong, where it does not fit. */
export function checkShape<Schema extends z.ZodType>(
  schema: Schema,
  file: YamlFile,
  problems: Problems,
  value: unknown = file.value,
  path: readonly PropertyKey[] = [],
): z.output<Schema> | null {
  const result = schema.safeParse(value, { reportInput: true })
  if (result.success) return result.data
  for (const issue of result.error.issues) report(issue, [...path, ...issue.path], file, problems)
  return null
}

function report(issue: z.core.$ZodIssue, path: readonly PropertyKey[], file: YamlFile, problems: Problems): void {
  if (problems.isFull) return
  const name = nameOf(path)
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      if (problems.isFull) return
      const hint = suggestion(key, issue.message.split(' '))
      const place = file.placeOfKey([...path, key])
      problems.add('E_GATEWAY_UNKNOWN_KEY', place, { problem: `unknown key "${key}"`, ...(hint && { hint }) })
    }
    return
  }
  if (issue.code === 'invalid_key') {
    for (const { message } of issue.issues) problems.add('E_GATEWAY_VALUE', file.placeOfKey(path), { problem: message })
    return
  }
  if (issue.code === 'invalid_type' && issue.input === undefined) {
    problems.add('E_GATEWAY_MISSING_KEY', file.placeOf(path), { problem: `${name} is missing` })
    return
  }
  problems.add('E_GATEWAY_VALUE', file.placeOf(path), problemOf(issue, name))
}

function problemOf(issue: z.core.$ZodIssue, name: string): TextProblem {
  if (issue.code === 'invalid_type') {
    return { problem: `${name} must be ${KINDS.get(issue.expected) ?? issue.expected}, not ${kindOf(issue.input)}` }
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String)
    const hint = typeof issue.input === 'string' ? suggestion(issue.input, values) : undefined
    return { problem: `${name} must be one of ${values.join(', ')}`, ...(hint && { hint }) }
  }
  if (issue.code === 'custom') {
    const hint: unknown = issue.params?.hint
    return { problem: `${name}: ${issue.message}`, ...(typeof hint === 'string' && { hint }) }
  }
  return { problem: `${name}: ${issue.message}` }
}

const KINDS: ReadonlyMap<string, string> = new Map([
  ['string', 'a text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'a mapping'],
  ['record', 'a mapping'],
])

function kindOf(value: unknown): string {
  if (value === null) return 'empty'
  return KINDS.get(Array.isArray(value) ? 'array' : typeof value) ?? typeof value
}

/** The innermost key of a path, for a message: `"target"`; `the file` for none. */
function nameOf(path: readonly PropertyKey[]): string {
  const key = path.findLast((step) => typeof step === 'string')
  return key === undefined ? (path.length === 0 ? 'the file' : 'the item') : `"${String(key)}"`
}
