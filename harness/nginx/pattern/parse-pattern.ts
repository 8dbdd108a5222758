import { caseless, EVERY_BYTE, NOT_NEWLINE, single, VERTICAL, WORD } from './byte-set.ts'
import { readClass } from './parse-class.ts'
import { readEscape } from './parse-escape.ts'
import { type Opened, readGroup } from './parse-group.ts'
import { type Quantifier, readQuantifier } from './parse-quantifier.ts'
import { type Greed, oneOf, type ParsedPattern, type PatternNode, sizeOf } from './pattern-node.ts'
import { PatternProblem } from './pattern-problem.ts'
import { PatternText } from './pattern-text.ts'

/** `invalid`: PCRE refuses it. `unsupported`: PCRE takes it, and the model does not know what it means. */
export type ParseResult =
  | { readonly kind: 'ok'; readonly parsed: ParsedPattern }
  | { readonly kind: 'invalid' | 'unsupported'; readonly because: string }

/** PCRE writes a repeated group out as often as it repeats, and takes 64 KiB in all. Its sizes are only guessed here. */
const MAX_SIZE = 40_000

/**
 * Reads a pattern as PCRE2 10.42 does (parse_regex in pcre2_compile.c), with no options but `caseless`. Its texts are bytes.
 * @param pcre2 false where PCRE 8 reads it: what that does otherwise is known, or refused
 */
export function parsePattern(source: string, isCaseless: boolean, pcre2 = true): ParseResult {
  try {
    const text = new PatternText(source, isCaseless, pcre2)
    const setting = SETTINGS.exec(source)
    if (setting !== null) text.refuse(`"${setting[0]}" is not translated`)
    const root = oneOf(readBranches(text))
    if (!text.isAtEnd) text.fail('unmatched closing parenthesis')
    text.check()
    if (sizeOf(root) > MAX_SIZE) text.refuse('it repeats a group so often that PCRE may find it too large')
    return { kind: 'ok', parsed: { root, groups: text.groups, names: text.names } }
  } catch (error) {
    if (error instanceof PatternProblem) return { kind: error.kind, because: error.message }
    throw error
  }
}

/** What may stand at the very beginning and holds for the whole pattern. */
const SETTINGS =
  /^\(\*(?:UTF|UCP|CR|LF|CRLF|ANY|NUL|ANYCRLF|BSR_ANYCRLF|BSR_UNICODE|NO_JIT|NO_START_OPT|NO_AUTO_POSSESS|NO_DOTSTAR_ANCHOR|NOTEMPTY|NOTEMPTY_ATSTART|LIMIT_(?:HEAP|MATCH|DEPTH|RECURSION)=\d+)\)/

function readBranches(text: PatternText, renumbers = false): readonly PatternNode[] {
  const branches: PatternNode[] = []
  const first = text.groups
  let most = first
  do {
    if (renumbers && text.groups > first) text.hasSharedNumbers = true
    if (renumbers) text.groups = first
    branches.push(readSequence(text))
    most = Math.max(most, text.groups)
  } while (text.takes('|'))
  text.groups = most
  return branches
}

/** Reads up to what ends a branch. */
function readSequence(text: PatternText): PatternNode {
  const items: PatternNode[] = []
  let repeatable = false
  for (;;) {
    skip(text)
    if (text.isAtEnd || (!text.quoted && /^[|)]/.test(text.peek()))) break
    const quantifier = text.quoted ? null : readQuantifier(text)
    if (quantifier === null) {
      const piece = text.quoted ? literal(text) : readPiece(text)
      items.push(...piece.nodes)
      repeatable = piece.repeatable
    } else {
      const body = repeatable ? items.pop() : undefined
      if (body === undefined) text.fail('quantifier does not follow a repeatable item', text.at - 1)
      items.push(repeated(text, body, quantifier))
      repeatable = false
    }
  }
  const [first] = items
  return first !== undefined && items.length === 1 ? first : { kind: 'sequence', items }
}

/** Passes what does not come between a piece and its quantifier: comments, quotes, white space that does not count. */
function skip(text: PatternText): void {
  while (!text.isAtEnd) {
    if (text.quoted) {
      if (!text.takes('\\E')) return
      text.quoted = false
    } else if (text.takes('\\Q')) text.quoted = true
    else if (text.startsWith('(?#')) {
      if (text.take(/\(\?#[^)]*\)/y) === null) text.fail('missing ) after (?# comment', text.source.length)
    } else if (!text.takes('\\E') && !(text.options.extended !== 'no' && text.take(/[\t-\r \x85]|#[^\n]*\n?/y))) return
  }
}

function literal(text: PatternText): Opened {
  const set = single(text.peek().charCodeAt(0))
  text.at++
  return { nodes: [{ kind: 'bytes', set: text.options.caseless ? caseless(set) : set }], repeatable: true }
}

function readPiece(text: PatternText): Opened {
  const { multiline, dotAll } = text.options
  if (text.takes('\\')) return escaped(text)
  if (text.takes('(')) return readGroup(text, readBranches)
  if (text.takes('^')) return place(multiline ? 'line-start' : 'start')
  if (text.takes('$')) return place(multiline ? 'line-end' : 'last-line-end')
  if (text.takes('.')) return { nodes: [{ kind: 'bytes', set: dotAll ? EVERY_BYTE : NOT_NEWLINE }], repeatable: true }
  if (text.takes('[[:<:]]')) return wordEdge(false)
  if (text.takes('[[:>:]]')) return wordEdge(true)
  if (text.takes('[')) return { nodes: [{ kind: 'bytes', set: readClass(text) }], repeatable: true }
  return literal(text)
}

function place(where: (PatternNode & { kind: 'place' })['place']): Opened {
  return { nodes: [{ kind: 'place', place: where }], repeatable: false }
}

/** `[[:<:]]` and `[[:>:]]`, which other libraries know. */
function wordEdge(behind: boolean): Opened {
  const edge: PatternNode = { kind: 'place', place: 'word-edge' }
  const look: PatternNode = { kind: 'look', behind, negated: false, branches: [{ kind: 'bytes', set: WORD }] }
  return { nodes: [edge, look], repeatable: true }
}

function escaped(text: PatternText): Opened {
  const read = readEscape(text, false)
  switch (read.kind) {
    case 'byte': {
      const set = single(read.code)
      return { nodes: [{ kind: 'bytes', set: text.options.caseless ? caseless(set) : set }], repeatable: true }
    }
    case 'set':
      return { nodes: [{ kind: 'bytes', set: read.set }], repeatable: true }
    case 'place':
      return place(read.place)
    case 'reference':
      return { nodes: [text.refer(read.to)], repeatable: true }
    case 'newline':
      return { nodes: [NEWLINE], repeatable: true }
    case 'call':
      return { nodes: [text.call(read.to)], repeatable: true }
    // nginx does not look at where a match begins.
    case 'keep':
      if (text.lookDepth > 0) text.refuse('it has "\\K" in what it looks for')
      return { nodes: [], repeatable: false }
  }
}

/** `\R`: once it has taken `\r\n`, it does not give the `\n` back. */
const NEWLINE: PatternNode = {
  kind: 'atomic',
  body: {
    kind: 'alternatives',
    branches: [
      {
        kind: 'sequence',
        items: [
          { kind: 'bytes', set: single(0x0d) },
          { kind: 'bytes', set: single(0x0a) },
        ],
      },
      { kind: 'bytes', set: VERTICAL },
    ],
  },
}

function repeated(text: PatternText, body: PatternNode, { min, max }: Quantifier): PatternNode {
  skip(text)
  const mark = text.quoted ? null : text.take(/[?+]/y)
  const [lazy, greedy]: readonly Greed[] = text.options.ungreedy ? ['greedy', 'lazy'] : ['lazy', 'greedy']
  const greed = mark === null ? greedy : mark[0] === '+' ? 'possessive' : lazy
  if (body.kind === 'look' && greed === 'possessive') text.refuse('it repeats what only looks')
  // Of what only looks, PCRE repeats no more than this.
  const most = body.kind === 'look' && max === Number.POSITIVE_INFINITY ? min + 1 : max
  return { kind: 'repeat', body, min, max: most, greed: greed ?? 'greedy' }
}
