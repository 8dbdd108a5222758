import { z } from 'zod'
import { MAX_PROBLEMS } from './problems.ts'
import { didYouMean, suggest } from './suggest.ts'

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

/** What is counted where a limit is on a size, by zod's name for the kind of value. */
const SIZE_NOUNS: Readonly<Record<string, string>> = {
  string: 'characters',
  array: 'items',
  object: 'members',
  record: 'members',
}

/** A schema's issue in a scenario author's words. For unknown keys: one line for each of them, in order. */
export function describeIssue(issue: RawIssue): string {
  const subject = nameSubject(issue.path)
  switch (issue.code) {
    case 'unrecognized_keys':
      return describeUnknown(issue.keys, knownKeys(issue.inst))
    case 'invalid_type':
      if (issue.input === undefined) return `${subject} is missing`
      return `${subject} must be ${TYPE_NAMES[issue.expected] ?? issue.expected}, not ${nameType(issue.input)}${lacksSpace(issue)}`
    case 'invalid_value':
      if (issue.input === undefined) return `${subject} is missing`
      return describeChoice(subject, issue.input, issue.values.map(String))
    case 'too_small':
      return `${subject} must ${describeSize(issue.origin, Number(issue.minimum), 'at least')}`
    case 'too_big':
      return `${subject} must ${describeSize(issue.origin, Number(issue.maximum), 'at most')}`
    default:
      return `${subject} is not allowed here`
  }
}

/** `status:200` is a text: what follows a key's colon is a space. */
function lacksSpace({ expected, input }: { readonly expected: string; readonly input?: unknown }): string {
  const [, key] =
    expected === 'object' && typeof input === 'string' ? (/^([A-Za-z][\w-]{0,40}):\S/.exec(input) ?? []) : []
  return key === undefined ? '' : `; a space is missing behind "${key}:"`
}

function describeUnknown(keys: readonly string[], known: readonly string[]): string {
  const told = keys.slice(0, MAX_PROBLEMS).map((key) => `unknown key "${shorten(key)}"${didYouMean(key, known)}`)
  return told.map((line) => line.replaceAll('\n', ' ')).join('\n')
}

function describeChoice(subject: string, input: unknown, values: readonly string[]): string {
  const choice = values.length === 1 ? `"${values[0]}"` : `one of ${values.join(', ')}`
  const near = typeof input === 'string' ? suggest(input, values) : undefined
  return `${subject} must be ${choice}, not ${nameType(input)}${near === undefined ? '' : `: did you mean "${near}"?`}`
}

function describeSize(origin: string, limit: number, bound: 'at least' | 'at most'): string {
  const noun = SIZE_NOUNS[origin]
  if (noun === undefined) return `be ${bound} ${limit}`
  return bound === 'at least' && limit === 1 ? 'not be empty' : `have ${bound} ${limit} ${noun}`
}

/** What a message is about, as the file calls it. */
function nameSubject(path: readonly PropertyKey[] | undefined): string {
  const last = path?.at(-1)
  return typeof last === 'string' ? `"${last}"` : 'this'
}

function knownKeys(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
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
