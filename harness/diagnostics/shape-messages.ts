import { z } from 'zod'
import { didYouMean } from './suggest.ts'

type RawIssue = z.core.$ZodRawIssue

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'nothing',
}

/** A schema's issue in a scenario author's words. For unknown keys: one line for each of them, in order. */
export function describeIssue(issue: RawIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => `unknown key "${key}"${didYouMean(key, knownKeys(issue.inst))}`).join('\n')
    case 'invalid_type':
      if (issue.input === undefined) return `"${lastName(issue.path)}" is missing`
      return `this must be ${TYPE_NAMES[issue.expected] ?? issue.expected}, not ${nameType(issue.input)}`
    case 'invalid_value':
      return describeChoice(issue.input, issue.values.map(String))
    case 'too_small':
      return `this must ${sizeVerb(issue.origin)} at least ${issue.minimum}${sizeNoun(issue.origin)}`
    case 'too_big':
      return `this must ${sizeVerb(issue.origin)} at most ${issue.maximum}${sizeNoun(issue.origin)}`
    default:
      return 'this value is not allowed here'
  }
}

function describeChoice(input: unknown, values: readonly string[]): string {
  const choice = values.length === 1 ? `"${values[0]}"` : `one of ${values.join(', ')}`
  if (typeof input !== 'string') return `this must be ${choice}, not ${nameType(input)}`
  const near = didYouMean(input, values)
  return near.startsWith(':') ? `unknown word "${input}"${near}` : `this must be ${choice}, not "${input}"`
}

function knownKeys(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

function lastName(path: readonly PropertyKey[] | undefined): string {
  return String(path?.at(-1) ?? 'the value')
}

function nameType(input: unknown): string {
  if (input === undefined) return 'missing'
  if (input === null) return 'empty'
  if (Array.isArray(input)) return 'a list'
  if (typeof input === 'object') return 'a mapping'
  return typeof input === 'string' ? `the text "${shorten(input)}"` : `${input}`
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

function sizeVerb(origin: string): string {
  return origin === 'number' || origin === 'int' ? 'be' : 'have'
}

function sizeNoun(origin: string): string {
  return { string: ' characters', array: ' items', object: ' members', record: ' members' }[origin] ?? ''
}
