import { type Bytes, bufferOf } from '../chain/message.ts'
import { CurlError } from './curl-error.ts'
import type { GivenOption } from './curl-words.ts'

/** Reads a file that a line names by `@FILE`. @throws {CurlError} it may not be read, or is not there */
export type BodyReader = (name: string) => Bytes

/** A body, and whether the line has one: an empty one is one. */
export interface CurlBody {
  readonly bytes: Bytes
  readonly isGiven: boolean
}

const DATA: ReadonlySet<string> = new Set(['data', 'data-ascii', 'data-raw', 'data-binary', 'data-urlencode', 'json'])

/** The body that the options for data make together: with `&` between them, those of --json as they are. */
export function curlBody(options: readonly GivenOption[], readFile: BodyReader): CurlBody {
  let bytes = ''
  let isGiven = false
  for (const option of options.filter(({ name }) => DATA.has(name))) {
    const data = dataOf(option, readFile)
    bytes = isGiven && option.name !== 'json' ? `${bytes}&${data}` : bytes + data
    isGiven = true
  }
  return { bytes, isGiven }
}

function dataOf({ name, value }: GivenOption, readFile: BodyReader): Bytes {
  if (name === 'data-raw') return value
  if (name === 'data-urlencode') return encodedData(value, readFile)
  if (!value.startsWith('@')) return value
  const bytes = contentOf(value.slice(1), readFile)
  // Of a file, --data leaves line ends and NUL bytes out; the others take it as it is.
  return name === 'data' || name === 'data-ascii' ? bytes.replace(/[\r\n\0]/g, '') : bytes
}

/** `content`, `=content`, `name=content`, `@file`, `name@file`. */
function encodedData(value: Bytes, readFile: BodyReader): Bytes {
  const at = value.search(/[=@]/)
  if (at === -1) return percentEncoded(value)
  const [name, rest] = [value.slice(0, at), value.slice(at + 1)]
  const content = percentEncoded(value.charAt(at) === '=' ? rest : contentOf(rest, readFile))
  return name === '' ? content : `${name}=${content}`
}

/** As curl_easy_escape does, but a space is a plus sign. */
function percentEncoded(bytes: Bytes): Bytes {
  return [...bufferOf(bytes)]
    .map((byte) => {
      const char = String.fromCharCode(byte)
      if (char === ' ') return '+'
      return /[\w.~-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}

function contentOf(name: string, readFile: BodyReader): Bytes {
  if (name === '-') throw new CurlError('its body comes by standard input', 'Write the body in the line.')
  return readFile(name)
}
