import { Composer, type CST, type Document, isScalar, Lexer, Parser, type YAMLError } from 'yaml'
import { misplacedLine } from './indentation.ts'
import { Place } from './place.ts'
import type { Problems } from './problems.ts'
import type { Source } from './source.ts'
import { PlainReader, type PlainValue } from './yaml-to-plain.ts'

/** A YAML text as a plain value, and where each part of it is written. */
export interface YamlFile {
  readonly value: PlainValue
  readonly place: Place
}

/** Deeper nesting than this is an accident or an attack. */
const MAX_DEPTH = 64
/** Words and punctuation of a file: ten times what the longest scenario has, and read in about a second. */
const MAX_TOKENS = 250_000

/** YAML 1.2 core: no merge keys and no types beyond JSON's. The package's own check for equal keys is quadratic; ours is not. */
const OPTIONS = {
  version: '1.2',
  schema: 'core',
  uniqueKeys: false,
  resolveKnownTags: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const

const QUOTE = 'A text with any of [ ] { } , # & * in it, or with ": ", wants quotes: "$.items[0].id"'

const HINTS: Readonly<Record<string, string>> = {
  UNEXPECTED_TOKEN: QUOTE,
  BLOCK_AS_IMPLICIT_KEY:
    'The next line is indented too far: a key begins in the column of the keys beside it. A text with ": " in it wants quotes.',
  MULTILINE_IMPLICIT_KEY: 'A line is missing its ": ", or is not indented like its neighbours.',
  BAD_INDENT: 'Items of one list and keys of one mapping begin in the same column.',
  TAB_AS_INDENT: 'Indent with spaces.',
  TAG_RESOLVE_FAILED: 'Leave the tag out: a value is a text, a number, true, false, null, a list or a mapping.',
  BAD_SCALAR_START: QUOTE,
}

/** Errors that a wrong indentation may be the reason of. */
const UNPLACED: ReadonlySet<string> = new Set([
  'BAD_INDENT',
  'BLOCK_AS_IMPLICIT_KEY',
  'BLOCK_IN_FLOW',
  'MISSING_CHAR',
  'MULTILINE_IMPLICIT_KEY',
  'UNEXPECTED_TOKEN',
])

/**
 * Reads a YAML text of one document. Everything wrong with it goes to `problems`; null where there is no value at all.
 * Nothing in a text can run, and what reading it costs is bounded: depth, aliases, number of values.
 */
export function readYaml(source: Source, problems: Problems): YamlFile | null {
  const [document, second] = composeYaml(source, problems)
  if (document === undefined) return null
  reportSyntax(source, document, problems)
  if (second !== undefined) {
    const span = source.spanAt(second.range[0], 3)
    problems.add(source, span, 'E_YAML_DOCUMENTS', 'a second YAML document begins here', 'Give it a file of its own.')
  }
  if (document.contents === null) {
    if (document.errors.length === 0) problems.add(source, source.spanAt(0, 1), 'E_YAML_EMPTY', 'the file is empty')
    return null
  }
  const reader = new PlainReader(source, problems)
  const value = reader.read(document.contents)
  return { value, place: new Place(source, reader.aliases, document.contents) }
}

/**
 * Reads every document of a YAML text, as manifests have them; empty documents are left out. Everything wrong goes to
 * `problems`. What reading costs is bounded as in {@link readYaml}.
 */
export function readYamlDocuments(source: Source, problems: Problems): YamlFile[] {
  return composeYaml(source, problems).flatMap((document) => {
    reportSyntax(source, document, problems)
    const { contents } = document
    if (contents === null || (isScalar(contents) && contents.value === null)) return []
    const reader = new PlainReader(source, problems)
    const value = reader.read(contents)
    return [{ value, place: new Place(source, reader.aliases, contents) }]
  })
}

/** The documents of a YAML text as the package has them, each with what is wrong in it; none where it is too deep or too large. */
export function composeYaml(source: Source, problems: Problems): Document.Parsed[] {
  try {
    return [...new Composer(OPTIONS).compose(tokens(source), true, source.text.length)]
  } catch (error) {
    if (!(error instanceof LimitError)) throw error
    problems.add(source, source.spanAt(error.offset, 1), error.code, error.message)
    return []
  }
}

/** The package parses with a stack of its own but composes by recursion, so depth is bounded between the two. */
function* tokens(source: Source): Generator<CST.Token, void> {
  const parser = new Parser()
  let count = 0
  for (const lexeme of new Lexer().lex(source.text)) {
    yield* parser.next(lexeme)
    if (parser.stack.length > MAX_DEPTH) {
      throw new LimitError('E_YAML_DEPTH', `values are nested more than ${MAX_DEPTH} deep`, parser.offset)
    }
    if (++count > MAX_TOKENS) throw new LimitError('E_YAML_SIZE', 'the file holds too many values', parser.offset)
  }
  yield* parser.end()
}

class LimitError extends Error {
  readonly code: string
  readonly offset: number
  constructor(code: string, message: string, offset: number) {
    super(message)
    this.code = code
    this.offset = offset
  }
}

/** One error a line: what the package says after the first on a line is mostly a consequence of it. */
function reportSyntax(source: Source, document: Document.Parsed, problems: Problems): void {
  const version = document.directives.yaml
  if (version.explicit && version.version !== '1.2') {
    const message = `this is YAML ${version.version}; scenarios are YAML 1.2`
    problems.add(source, source.spanAt(0, 1), 'E_YAML_SYNTAX', message, 'Leave the %YAML line out.')
  }
  const lines = new Set<number>()
  for (const error of [...document.errors, ...document.warnings.filter(({ code }) => code !== 'BAD_INDENT')]) {
    const place = spanOf(source, error)
    const found = UNPLACED.has(error.code) ? misplacedLine(source, place.line) : null
    const { span, message, hint } = found ?? { span: place, message: reword(error.message), hint: HINTS[error.code] }
    if (lines.has(span.line)) continue
    lines.add(span.line)
    const code = error.code === 'TAG_RESOLVE_FAILED' ? 'E_YAML_TAG' : 'E_YAML_SYNTAX'
    problems.add(source, span, code, message, hint)
  }
}

/** At the end of a file the package may point past it; the last character is where people look. */
function spanOf(source: Source, { pos: [start, end] }: YAMLError) {
  const offset = Math.min(start, Math.max(0, source.text.trimEnd().length - 1))
  return source.spanAt(offset, end - start)
}

/** The package names tokens as its grammar does; people know them as characters. */
function reword(message: string): string {
  const [line = ''] = message.split('\n', 1)
  const words = line
    .replace(/ in YAML stream| at node end| token/g, '')
    .replace(/[a-z]+(-[a-z]+)+/g, (name) => TOKENS[name] ?? name)
  return words.charAt(0).toLowerCase() + words.slice(1)
}

const TOKENS: Readonly<Record<string, string>> = {
  'flow-seq-start': '"["',
  'flow-seq-end': '"]"',
  'flow-map-start': '"{"',
  'flow-map-end': '"}"',
  'map-value-ind': '":"',
  'seq-item-ind': '"-"',
  'explicit-key-ind': '"?"',
  'block-map': 'mapping',
  'block-seq': 'list',
}
