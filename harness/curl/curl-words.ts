import { parseArgs } from 'node:util'
import type { Bytes } from '../chain/message.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { CurlError } from './curl-error.ts'
import { CURL_OPTIONS } from './curl-options.ts'

/** An option as a line has it: its long name, what is written (`-H`), and its value, empty where it takes none. */
export interface GivenOption {
  readonly name: string
  readonly written: string
  readonly value: Bytes
}

/** The words of a curl line, sorted. */
export interface CurlWords {
  /** What says what is sent, in the order of the line. */
  readonly options: readonly GivenOption[]
  readonly urls: readonly Bytes[]
  /** Options that only say how curl works, as they are written, each once. */
  readonly unused: readonly string[]
}

const CONFIG = Object.fromEntries(
  [...CURL_OPTIONS].map(([name, { short, takesValue }]) => [
    name,
    { type: takesValue ? ('string' as const) : ('boolean' as const), ...(short === null ? {} : { short }) },
  ]),
)

/**
 * Sorts the words behind `curl` as curl does: short options may stand together (`-sSL`), and a value behind its option (`-XPOST`).
 * @throws {CurlError} an option is unknown, lacks its value, or says what cannot be said here
 */
export function curlWords(words: readonly Bytes[]): CurlWords {
  const { tokens } = parseArgs({
    args: [...words],
    options: CONFIG,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const options: GivenOption[] = []
  const urls: Bytes[] = []
  const unused = new Set<string>()
  for (const token of tokens) {
    if (token.kind === 'positional') urls.push(token.value)
    if (token.kind !== 'option') continue
    const { name, rawName: written, value = '' } = token
    const known = CURL_OPTIONS.get(name)
    if (known === undefined) {
      // A switch may be turned off by --no-NAME: what it is without it.
      if (!CURL_OPTIONS.has(name.replace(/^no-/, ''))) unknownOption(name, written)
      unused.add(written)
    } else if (known.kind === 'refused') {
      throw new CurlError(`"${written}" cannot be said here: ${known.because}`, 'Leave it out, or use curl itself.')
    } else if (known.takesValue && token.value === undefined) {
      throw new CurlError(`"${written}" has no value behind it`, 'Copy the whole line.')
    } else if (known.kind === 'unused') unused.add(written)
    else options.push({ name, written, value })
  }
  return { options, urls, unused: [...unused] }
}

function unknownOption(name: string, written: string): never {
  const near = suggest(name, [...CURL_OPTIONS.keys()])
  const remedy =
    near === undefined
      ? 'Leave it out. Options of chain stand before the word curl: chain explain --chain DIR curl …'
      : `Did you mean "--${near}"?`
  throw new CurlError(`chain does not know its option "${written}"`, remedy)
}
