import { groupNumber, NO_GROUP, readName } from './parse-escape.ts'
import { type LookNode, oneOf, type PatternNode } from './pattern-node.ts'
import type { PatternOptions, PatternText } from './pattern-text.ts'

/** Reads the branches of a group up to its end. @param renumbers whether each branch counts its groups from the same number on */
export type ReadBranches = (text: PatternText, renumbers?: boolean) => readonly PatternNode[]

/** What a parenthesis opens. A quantifier may not follow everything. */
export interface Opened {
  /** None where it stands for nothing: `(?i)`. A quantifier is for the last one. */
  readonly nodes: readonly PatternNode[]
  readonly repeatable: boolean
}

/** Groups in groups that PCRE takes (parens_nest_limit). */
const MAX_DEPTH = 250

const UNCLOSED = 'missing closing parenthesis'

/** What matches nowhere. */
const NEVER: PatternNode = { kind: 'alternatives', branches: [] }

/** Reads what begins with a parenthesis; the reader stands behind it. */
export function readGroup(text: PatternText, read: ReadBranches): Opened {
  if (text.isAtEnd) text.fail(UNCLOSED)
  if (text.startsWith('*')) return readVerb(text, read)
  if (!text.takes('?')) return text.options.noAutoCapture ? body(text, read) : capture(text, read, null)
  if (text.isAtEnd) text.fail(UNCLOSED)
  if (text.takes('|')) return body(text, read, true)
  if (text.takes('>')) return atomic(text, read)
  if (text.takes('=')) return look(text, read, false, false)
  if (text.takes('!')) return look(text, read, false, true)
  if (text.takes('<=')) return look(text, read, true, false)
  if (text.takes('<!')) return look(text, read, true, true)
  if (text.takes('(')) return condition(text, read)
  if (text.takes('P')) return ofPython(text, read)
  if (text.takes('<')) return capture(text, read, '>')
  if (text.takes("'")) return capture(text, read, "'")
  if (/^[R&\d+]/.test(text.peek()) || /^-\d/.test(text.peek() + text.peek(1))) return call(text)
  if (text.startsWith('C')) text.refuse('it calls the program that uses it ("(?C")')
  if (text.startsWith('*') || text.startsWith('<*')) text.refuse('"(?*" is not translated')
  return withOptions(text, read)
}

/** Reads what stands in a group and its end. Options set inside of it hold no longer behind it. */
function branchesOf(text: PatternText, read: ReadBranches, renumbers = false): readonly PatternNode[] {
  const { options } = text
  text.depth++
  if (text.depth > MAX_DEPTH) text.fail('parentheses are too deeply nested')
  const branches = read(text, renumbers)
  if (!text.takes(')')) text.fail(UNCLOSED)
  text.depth--
  text.options = options
  return branches
}

function inside(text: PatternText, read: ReadBranches): PatternNode {
  return oneOf(branchesOf(text, read))
}

function body(text: PatternText, read: ReadBranches, renumbers = false): Opened {
  return { nodes: [oneOf(branchesOf(text, read, renumbers))], repeatable: true }
}

function atomic(text: PatternText, read: ReadBranches): Opened {
  return { nodes: [{ kind: 'atomic', body: inside(text, read) }], repeatable: true }
}

/** @param close what ends its name; null where it has none */
function capture(text: PatternText, read: ReadBranches, close: string | null): Opened {
  const name = close === null ? null : readName(text, close)
  const number = ++text.groups
  if (name !== null) text.nameGroup(name, number)
  return { nodes: [{ kind: 'group', number, body: inside(text, read) }], repeatable: true }
}

function look(text: PatternText, read: ReadBranches, behind: boolean, negated: boolean): Opened {
  text.lookDepth++
  const node: LookNode = { kind: 'look', behind, negated, branches: branchesOf(text, read) }
  text.lookDepth--
  if (behind) text.lookbehinds.push(node)
  return { nodes: [node], repeatable: true }
}

function ofPython(text: PatternText, read: ReadBranches): Opened {
  if (text.isAtEnd) text.fail(UNCLOSED)
  if (text.takes('<')) return capture(text, read, '>')
  if (text.takes('>')) return callByName(text)
  if (!text.takes('=')) text.fail('unrecognized character after (?P')
  const at = text.at
  return { nodes: [text.refer({ to: readName(text, ')'), at })], repeatable: true }
}

/** `(?R)`, `(?1)`, `(?-1)`, `(?&name)`. */
function call(text: PatternText): Opened {
  if (text.takes('&')) return callByName(text)
  if (text.takes('R')) {
    if (text.peek() !== ')') text.fail('(?R (recursive pattern call) must be followed by a closing parenthesis')
    return calls(text, 0)
  }
  const number = text.take(/([+-]?)(\d+)/y)
  if (number === null) text.fail('digit expected after (?+ or (?-')
  const group = groupNumber(text, number[1] ?? '', number[2] ?? '')
  if (text.peek() !== ')') text.fail(UNCLOSED)
  return calls(text, group)
}

function calls(text: PatternText, to: number): Opened {
  const node = text.call({ to, at: text.at })
  text.at++
  return { nodes: [node], repeatable: true }
}

function callByName(text: PatternText): Opened {
  const at = text.at
  return { nodes: [text.call({ to: readName(text, ')'), at })], repeatable: true }
}

/** `(?(1)yes|no)`, `(?(<name>)yes|no)`, `(?(?=…)yes|no)`. */
function condition(text: PatternText, read: ReadBranches): Opened {
  if (text.isAtEnd) text.fail(UNCLOSED)
  const start = text.at
  if (text.takes('DEFINE)')) return definition(text, read)
  const test = conditionTest(text, read)
  // PCRE has the place of a name, and none where it looks for something.
  const at = typeof test === 'object' ? 0 : typeof test === 'string' ? start : start - '(?('.length
  const branches = branchesOf(text, read)
  if (branches.length > 2) text.tooManyBranches.push(at)
  const [yes = NEVER, no = { kind: 'sequence', items: [] }] = branches
  return { nodes: [{ kind: 'condition', test, yes, no }], repeatable: true }
}

function definition(text: PatternText, read: ReadBranches): Opened {
  const branches = branchesOf(text, read)
  if (branches.length > 1) text.refuse('"(?(DEFINE)" has several branches')
  return { nodes: [{ kind: 'definition', body: oneOf(branches) }], repeatable: true }
}

function conditionTest(text: PatternText, read: ReadBranches): number | string | LookNode {
  if (text.peek() === '?' || text.peek() === '*') {
    const start = text.at
    const [node] = readGroup(text, read).nodes
    if (node?.kind === 'look') return node
    return text.fail('assertion expected after (?( or (?(?C)', start)
  }
  const number = text.take(/([+-]?)(\d+)/y)
  if (number !== null) {
    const group = groupNumber(text, number[1] ?? '', number[2] ?? '')
    if (group <= 0) text.fail(NO_GROUP)
    text.refersTo({ to: group, at: text.at - 2 })
    closeTest(text)
    return group
  }
  if (/^(?:VERSION|R)/.test(text.source.slice(text.at))) text.refuse(`"(?(${text.peek()}" is not translated`)
  const close = text.takes('<') ? '>' : text.takes("'") ? "'" : ')'
  const at = text.at
  const name = readName(text, close)
  text.refersTo({ to: name, at })
  if (close !== ')') closeTest(text)
  return name
}

function closeTest(text: PatternText): void {
  if (!text.takes(')')) text.fail('missing closing parenthesis for condition')
}

const OPTIONS: Readonly<Record<string, (on: boolean) => Partial<PatternOptions>>> = {
  i: (on) => ({ caseless: on }),
  m: (on) => ({ multiline: on }),
  s: (on) => ({ dotAll: on }),
  n: (on) => ({ noAutoCapture: on }),
  U: (on) => ({ ungreedy: on }),
  x: (on) => ({ extended: on ? 'yes' : 'no' }),
}

const RESET: Partial<PatternOptions> = {
  caseless: false,
  multiline: false,
  dotAll: false,
  noAutoCapture: false,
  extended: 'no',
}

/** `(?i)` up to the end of the group around it, `(?i:…)` for one of its own. */
function withOptions(text: PatternText, read: ReadBranches): Opened {
  const before = text.options
  if (/^(?:\^|[imsxUJ-]*(?:n|xx))/.test(text.source.slice(text.at))) text.needsPcre2(`(?${text.peek()}`)
  const set: Partial<PatternOptions>[] = text.takes('^') ? [RESET] : []
  const unset: Partial<PatternOptions>[] = []
  let mayUnset = set.length === 0
  let on = true
  while (!text.isAtEnd && !/^[:)]/.test(text.peek())) {
    if (text.takes('-')) {
      if (!mayUnset) text.fail('invalid hyphen in option setting', text.at - 1)
      mayUnset = false
      on = false
    } else if (text.takes('xx')) (on ? set : unset).push({ extended: on ? 'more' : 'no' })
    else {
      const option = OPTIONS[text.peek()]
      if (text.startsWith('J')) text.refuse('it lets several groups have one name ("(?J")')
      if (option === undefined) text.fail('unrecognized character after (? or (?-')
      ;(on ? set : unset).push(option(on))
      text.at++
    }
  }
  if (text.isAtEnd) text.fail(UNCLOSED)
  text.options = Object.assign({}, before, ...set, ...unset)
  if (text.takes(')')) return { nodes: [], repeatable: false }
  text.at++
  const node = inside(text, read)
  text.options = before
  return { nodes: [node], repeatable: true }
}

const LOOKS: Readonly<Record<string, { readonly behind: boolean; readonly negated: boolean }>> = {
  pla: { behind: false, negated: false },
  positive_lookahead: { behind: false, negated: false },
  nla: { behind: false, negated: true },
  negative_lookahead: { behind: false, negated: true },
  plb: { behind: true, negated: false },
  positive_lookbehind: { behind: true, negated: false },
  nlb: { behind: true, negated: true },
  negative_lookbehind: { behind: true, negated: true },
}

const OTHER_NAMES = /^(?:napla|naplb|non_atomic_positive_look(?:ahead|behind)|sr|asr|(?:atomic_)?script_run)$/
const VERBS = /^(?:MARK|ACCEPT|COMMIT|PRUNE|SKIP|THEN|)$/

/** `(*pla:…)` and its like, and what steers the matcher: `(*COMMIT)`. The reader stands before the `*`. */
function readVerb(text: PatternText, read: ReadBranches): Opened {
  // PCRE leaves the parenthesis aside: then it complains about the star.
  if (/^\*\)?$/.test(text.peek() + text.peek(1))) return { nodes: [], repeatable: false }
  const [, name = ''] = text.take(/\*(\w*)/y) ?? []
  if (/^[a-z]/.test(name)) {
    text.needsPcre2(`(*${name}`)
    if (!text.takes(':')) text.fail('(*alpha_assertion) not recognized')
    if (name === 'atomic') return atomic(text, read)
    const kind = Object.hasOwn(LOOKS, name) ? LOOKS[name] : undefined
    if (kind !== undefined) return look(text, read, kind.behind, kind.negated)
    if (OTHER_NAMES.test(name)) text.refuse(`"(*${name}:" is not translated`)
    text.fail('(*alpha_assertion) not recognized', text.at - 1)
  }
  if (!/^[:)]/.test(text.peek())) text.fail('(*VERB) not recognized or malformed')
  if (/^F(?:AIL)?$/.test(name) && text.takes(')')) return { nodes: [NEVER], repeatable: false }
  if (VERBS.test(name) || /^F(?:AIL)?$/.test(name)) text.refuse(`"(*${name}" is not translated`)
  return text.fail('(*VERB) not recognized or malformed')
}
