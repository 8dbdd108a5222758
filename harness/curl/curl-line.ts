import { type Bytes, bufferOf, headerValue, type RequestMessage } from '../chain/message.ts'

/** Headers that curl sends by itself, and that it has to be told to leave out. */
const SENT_BY_CURL = ['User-Agent', 'Accept']

/**
 * A `curl` command line that repeats a request byte for byte, target and body included; header order aside.
 * @param baseUrl scheme, host and port of the hop to ask, without a path: `http://localhost:9000`
 */
export function curlLine(request: RequestMessage, baseUrl: string): string {
  const { method, target, httpVersion, body } = request
  const words = ['curl', '--path-as-is']
  if (httpVersion === '1.0') words.push('--http1.0')
  if (httpVersion === '2.0') words.push('--http2')
  if (method === 'HEAD') words.push('--head')
  else if (method !== (body.length > 0 ? 'POST' : 'GET')) words.push('-X', quote(method))
  // In a URL these would be curl's own patterns.
  if (/[[\]{}]/.test(target)) words.push('--globoff')
  words.push(...headerWords(request))
  if (!fitsUrl(target)) words.push('--request-target', quote(target), quote(`${baseUrl}/`))
  else words.push(quote(baseUrl + target))
  return [...bodyWords(body, words)].join(' ')
}

function headerWords({ headers, body }: RequestMessage): string[] {
  const lines = headers
    .filter(([name, value]) => !(name.toLowerCase() === 'content-length' && value === String(body.length)))
    .map(([name, value]) => (value === '' ? `${name};` : `${name}: ${value}`))
  const unwanted = body.length > 0 ? [...SENT_BY_CURL, 'Content-Type', 'Expect'] : SENT_BY_CURL
  const without = unwanted.filter((name) => headerValue(headers, name) === undefined).map((name) => `${name}:`)
  return [...lines, ...without].flatMap((line) => ['-H', quote(line)])
}

/** Whether curl sends the target as it stands in a URL: a fragment, odd bytes and an empty query it does not. */
function fitsUrl(target: string): boolean {
  return target.startsWith('/') && /^[!-~]*$/.test(target) && !/[#\\^`|"<>]|\?$/.test(target)
}

/** The whole command: an argument cannot hold a NUL byte, so such a body comes in by a pipe. */
function bodyWords(body: Bytes, words: readonly string[]): readonly string[] {
  if (body.length === 0) return words
  if (!body.includes('\0')) return [...words, '--data-raw', quote(body)]
  const octal = [...bufferOf(body)].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join('')
  return ['printf', '%b', `'${octal}'`, '|', ...words, '--data-binary', '@-']
}

/** Around the name of a shell variable. Bytes, which are Latin-1, have no such character. */
const [OPENING, CLOSING] = ['\uE000', '\uE001']
const VARIABLE = /\uE000(\w*)\uE001/

/** What stands in a request for a variable of the shell that `curlLine` writes in its place. */
export function variableMark(name: string): string {
  return `${OPENING}${name}${CLOSING}`
}

/** A word with variables of the shell in it. What double quotes cannot hold stands beside them in quotes of its own. */
function quoteVariables(text: string): string {
  const parts = text.split(VARIABLE)
  const texts = parts.filter((_, index) => index % 2 === 0)
  const isPlain = texts.every((part) => /^[ -~]*$/.test(part) && !part.includes('!'))
  const words = parts.map((part, index) => {
    if (index % 2 === 0) return isPlain ? part.replace(/["\\$`]/g, '\\$&') : part === '' ? '' : quote(part)
    const name = /^\w/.test(parts[index + 1] ?? '') ? `\${${part}}` : `$${part}`
    return isPlain ? name : `"${name}"`
  })
  return isPlain ? `"${words.join('')}"` : words.join('')
}

/** A word for bash and zsh. `text` is bytes as Latin-1; whatever is not plain ASCII is written by its code. */
function quote(text: string): string {
  if (text.includes(OPENING)) return quoteVariables(text)
  if (/^[\w@%+=:,./-]+$/.test(text)) return text
  if (/^[ -~]*$/.test(text)) return `'${text.replaceAll("'", "'\\''")}'`
  const escaped = text.replace(/[^ -~]|['\\]/g, (char) =>
    char === '\n'
      ? '\\n'
      : char === "'" || char === '\\'
        ? `\\${char}`
        : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
  return `$'${escaped}'`
}
