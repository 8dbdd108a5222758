import type { Random } from './random.ts'

/** Pieces that take one byte or several. */
const PIECES = [
  ...[
    'a',
    'b',
    'c',
    'A',
    'B',
    '1',
    '-',
    ' ',
    '/',
    '\xe4',
    '\xc4',
    '.',
    '\\d',
    '\\w',
    '\\s',
    '\\D',
    '\\W',
    '\\S',
    '\\h',
  ],
  ...['\\H', '\\v', '\\V', '\\R', '\\N', '\\C', '\\pL', '\\p{Lu}', '\\P{L}', '\\p{^Nd}', '\\x41', '\\x{62}', '\\141'],
  ...['\\o{101}', '\\.', '\\-', '\\Qa.b\\E', '\\Q+\\E', '\\Q\\E', '(?#c)', '\\K', '(*FAIL)'],
]

const PLACES = ['^', '$', '\\b', '\\B', '\\A', '\\z', '\\Z', '\\G', '[[:<:]]', '[[:>:]]']
const REFERENCES = ['\\1', '\\2', '\\g{1}', '\\g{-1}', '\\g1', '\\k<n>', '(?P=n)', '\\k{n}']
const CALLS = ['(?1)', '(?2)', '(?R)', '(?-1)', '(?+1)', '(?&n)', '(?P>n)', '\\g<1>', "\\g'-1'"]
const OPTIONS = ['(?i)', '(?-i)', '(?s)', '(?m)', '(?x)', '(?U)', '(?^)', '(?n)', '(?xx)']
const IN_CLASS = [
  ...['a', 'b-d', 'A-C', '[:alpha:]', '[:upper:]', '[:^digit:]', '[:^lower:]', '\\d', '\\W', '\\h', '\\x41-\\x44'],
  ...['\\xe0-\\xff', '-', '\\n', '\\pL', '\\b', '\\Q]\\E', '\\141'],
]
const OPENINGS = [
  ...['(', '(', '(', '(?:', '(?:', '(?>', '(?=', '(?!', '(?<=', '(?<!', '(?|', '(?i:', '(?s-i:', '(?<n>', "(?'m'"],
  ...['(?P<o>', '(?(1)', '(?(<n>)', '(?(DEFINE)', '(?(?=a)', '(?(?!b)', '(?(?<=a)', '(*atomic:', '(*nla:'],
]
const QUANTIFIERS = ['*', '+', '?', '{2}', '{0,2}', '{1,}', '{2,3}', '{0}', '{,2}', '{']

/** A pattern of everything that PCRE knows. It may be wrong: a reference without its group. */
export function generatePattern(random: Random, depth = 0): string {
  const branches = random.list(random.of([1, 1, 1, 2, 3]), () => sequence(random, depth))
  return branches.join('|')
}

function sequence(random: Random, depth: number): string {
  const pieces = random.list(random.below(4) + (depth === 0 ? 1 : 0), () => piece(random, depth) + quantifier(random))
  return pieces.join('')
}

function piece(random: Random, depth: number): string {
  const kind = random.below(20)
  if (kind < 9) return random.of(PIECES)
  if (kind < 11)
    return `[${random.of(['', '^'])}${random.list(1 + random.below(3), () => random.of(IN_CLASS)).join('')}]`
  if (kind < 12) return random.of(PLACES)
  if (kind < 13) return random.of(random.once(2) ? REFERENCES : CALLS)
  if (kind < 14) return random.of(OPTIONS)
  return depth > 3 ? 'a' : `${random.of(OPENINGS)}${generatePattern(random, depth + 1)})`
}

function quantifier(random: Random): string {
  return random.below(5) < 3 ? '' : `${random.of(QUANTIFIERS)}${random.of(['', '', '', '?', '+'])}`
}

/** A text of bytes that such patterns match now and then. */
export function generateSubject(random: Random): string {
  const bytes = ['a', 'a', 'b', 'b', 'c', 'A', 'B', '1', '-', ' ', '\n', '\r', '\xe4', '\xc4', '\x85']
  return random.list(random.below(9), () => random.of(bytes)).join('')
}
