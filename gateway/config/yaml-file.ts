import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Pair,
  Parser,
  visit,
} from 'yaml'
import type { Place } from '../place.ts'
import type { Problems } from './problem.ts'

/** A file of the ConfigMap. `file` is its path as the user should see it. */
export interface ConfigFile {
  readonly file: string
  readonly text: string
}

/** A ConfigMap holds at most 1 MiB (Kubernetes, "ConfigMaps": Motivation), in bytes. */
export const MAX_FILE_BYTES = 1024 * 1024
/** Deeper nesting than this is an accident or an attack. */
const MAX_DEPTH = 32
/** What aliases may multiply a file by; people use a few. */
const MAX_ALIAS_COUNT = 50

/** The package's own check for equal keys is quadratic; ours is not. */
const OPTIONS = { version: '1.2', schema: 'core', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' } as const

/** A YAML text as a plain value, able to say where each part of it is written. */
export class YamlFile {
  readonly value: unknown
  readonly #file: string
  readonly #lines: LineCounter
  readonly #document: Document.Parsed

  constructor(file: string, lines: LineCounter, document: Document.Parsed) {
    this.value = document.toJS({ maxAliasCount: MAX_ALIAS_COUNT })
    this.#file = file
    this.#lines = lines
    this.#document = document
  }

  /** Where the value at a path is written; where it is absent, the mapping that it is absent from. */
  placeOf(path: readonly PropertyKey[]): Place {
    return this.#find(path, (pair) => pair.value)
  }

  /** Where the key at the end of a path is written. */
  placeOfKey(path: readonly PropertyKey[]): Place {
    return this.#find(path, (pair, isLast) => (isLast ? pair.key : pair.value))
  }

  /** The keys of the mapping at a path, as written and in order; none where there is no mapping. */
  keysAt(path: readonly PropertyKey[]): string[] {
    const node = this.#document.getIn(path, true)
    const container = isAlias(node) ? node.resolve(this.#document) : node
    return isMap(container) ? container.items.map(({ key }) => keyText(key)) : []
  }

  #find(path: readonly PropertyKey[], choose: (pair: Pair, isLast: boolean) => unknown): Place {
    let node: unknown = this.#document.contents
    for (const [index, step] of path.entries()) {
      const container = isAlias(node) ? node.resolve(this.#document) : node
      const pair = isMap(container) ? container.items.find(({ key }) => keyText(key) === step) : undefined
      const next = isSeq(container) ? container.items[Number(step)] : pair && choose(pair, index === path.length - 1)
      if (next === undefined || next === null) break
      node = next
    }
    return placeAt(this.#file, this.#lines, rangeOf(node))
  }
}

/** Reads a YAML text of one document. Null, and problems, where it is none: what reading costs is bounded. */
export function readYamlFile({ file, text }: ConfigFile, problems: Problems): YamlFile | null {
  const lines = new LineCounter()
  const start: Place = { file, line: 1, column: 1, length: 1 }
  if (Buffer.byteLength(text) > MAX_FILE_BYTES) {
    problems.add('E_GATEWAY_SIZE', start, {
      problem: 'the file has more than 1 MiB',
      hint: 'A ConfigMap holds no more.',
    })
    return null
  }
  const found = problems.list.length
  try {
    const [document, second] = [...new Composer(OPTIONS).compose(tokens(text, lines), true, text.length)]
    if (document === undefined) return null
    reportErrors(file, lines, document, second, problems)
    if (problems.list.length > found) return null
    if (document.contents === null || isEmpty(document)) {
      problems.add('E_GATEWAY_EMPTY', start, { problem: 'the file is empty' })
      return null
    }
    return new YamlFile(file, lines, document)
  } catch (error) {
    // A nesting that is too deep, an alias without an anchor and aliases that multiply are thrown, not collected.
    if (!(error instanceof RangeError || error instanceof ReferenceError)) throw error
    problems.add('E_GATEWAY_YAML', start, { problem: error.message.replace(/\.$/, '') })
    return null
  }
}

/** The package parses with a stack of its own but composes by recursion, so depth is bounded between the two. */
function* tokens(text: string, lines: LineCounter): Generator<CST.Token, void> {
  const parser = new Parser(lines.addNewLine)
  lines.addNewLine(0)
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme)
    if (parser.stack.length > MAX_DEPTH) throw new RangeError(`values are nested more than ${MAX_DEPTH} deep`)
  }
  yield* parser.end()
}

function reportErrors(
  file: string,
  lines: LineCounter,
  document: Document.Parsed,
  second: Document.Parsed | undefined,
  problems: Problems,
): void {
  for (const error of [...document.errors, ...document.warnings]) {
    problems.add('E_GATEWAY_YAML', placeAt(file, lines, error.pos), { problem: firstLine(error.message) })
  }
  if (second !== undefined) {
    problems.add('E_GATEWAY_YAML', placeAt(file, lines, second.range), {
      problem: 'a second YAML document begins here',
    })
  }
  visit(document, {
    Map(_key, map) {
      const seen = new Set<string>()
      for (const { key } of map.items) {
        const text = keyText(key)
        if (seen.has(text)) {
          const problem = `"${text}" is already written in this mapping`
          problems.add('E_GATEWAY_DUPLICATE_KEY', placeAt(file, lines, rangeOf(key)), {
            problem,
            hint: 'Keep one of the two.',
          })
        }
        seen.add(text)
      }
    },
  })
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : ''
}

function isEmpty(document: Document.Parsed): boolean {
  return isScalar(document.contents) && document.contents.value === null
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.replace(/:$/, '') ?? message
}

function rangeOf(node: unknown): readonly number[] {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? (node.range ?? [0, 1]) : [0, 1]
}

/** A range as a place; one that runs over the end of its line is cut there, so that a caret line can always be drawn. */
function placeAt(file: string, lines: LineCounter, range: readonly number[]): Place {
  const [start = 0, end = start + 1] = range
  const { line, col } = lines.linePos(start)
  const lineEnd = lines.lineStarts[line] ?? Number.POSITIVE_INFINITY
  return {
    file,
    line: Math.max(1, line),
    column: Math.max(1, col),
    length: Math.max(1, Math.min(end, lineEnd - 1) - start),
  }
}
