import type { Directive, Word } from '../../syntax/syntax.ts'
import { parseNumber, parseSizeBytes, parseTimeMs } from '../../syntax/values.ts'
import type { Takes } from './rule.ts'

/** What is wrong with a word of a directive, in nginx's words. */
export interface ValueProblem {
  readonly word: Word
  readonly message: string
  readonly hint?: string
}

/** Checks the arguments against their kind, as the `ngx_conf_set_…_slot` functions of nginx do; null where they are right. */
export function checkValues({ name, args }: Directive, takes: Takes): ValueProblem | null {
  const [first, second] = args
  if (first === undefined) return null
  const invalid = (what: string, word = first) => ({ word, message: `"${name.text}" directive ${what}` })

  switch (takes.kind) {
    case 'text':
      return null
    case 'flag':
      if (/^(on|off)$/i.test(first.text)) return null
      return {
        word: first,
        message: `invalid value "${first.text}" in "${name.text}" directive, it must be "on" or "off"`,
      }
    case 'size':
    case 'offset':
      return parseSizeBytes(first.text, takes.kind === 'offset') === null ? invalid('invalid value') : null
    case 'time':
    case 'seconds':
      return parseTimeMs(first.text, takes.kind === 'seconds') === null ? invalid('invalid value') : null
    case 'number':
      return checkNumber(first, takes, invalid)
    case 'buffers':
      if (!parseNumber(first.text)) return invalid('invalid value')
      return second === undefined || !parseSizeBytes(second.text, false) ? invalid('invalid value', second) : null
    case 'enum':
    case 'set':
      return checkWords(args, takes.words ?? [])
  }
}

function checkNumber(word: Word, takes: Takes, invalid: (what: string) => ValueProblem): ValueProblem | null {
  const value = parseNumber(word.text)
  if (value === null) return invalid('invalid number')
  if (takes.bounds === undefined) return null
  const [min, max] = takes.bounds
  if (value >= min && value <= max) return null
  return { word, message: `value must be between ${min} and ${max}` }
}

function checkWords(args: readonly Word[], words: readonly string[]): ValueProblem | null {
  const known = new Set(words.map((word) => word.toLowerCase()))
  const wrong = args.find(({ text }) => !known.has(text.toLowerCase()))
  if (wrong === undefined) return null
  return { word: wrong, message: `invalid value "${wrong.text}"`, hint: `Known here: ${words.join(', ')}.` }
}
