import { isIP } from 'node:net'
import { HEADER_VALUE, TOKEN } from '../chain/header-syntax.ts'
import { type Bytes, bytesFromText, type Header, headerValue } from '../chain/message.ts'
import type { StepRequest } from '../scenario/scenario.ts'
import { type BodyReader, curlBody } from './curl-body.ts'
import { CurlError } from './curl-error.ts'
import { connectedUrl, splitUrl, withQuery } from './curl-url.ts'
import { type CurlWords, curlWords } from './curl-words.ts'

/** What a curl line sends. */
export interface CurlRequest {
  readonly request: StepRequest
  /** Options that only say how curl works or prints, as the line writes them. */
  readonly unused: readonly string[]
}

/** What curl calls itself; a line may say something else by `-A`. */
const USER_AGENT = 'curl/8.14.1'

/** What `--compressed` asks for (curl with all its libraries). */
const ACCEPT_ENCODING = 'deflate, gzip, br, zstd'

/**
 * What curl would send for its command line. Nothing is run.
 * @param words the words of the line, as bytes, `curl` among them
 * @param readFile reads what `@FILE` names
 * @throws {CurlError} it is no such line, or says what a scenario cannot say
 */
export function readCurl([program = '', ...rest]: readonly Bytes[], readFile: BodyReader): CurlRequest {
  if (!/(?:^|[\\/])curl(?:\.exe)?$/.test(program))
    refuse(`it begins with "${program}"`, 'Paste a line that begins with curl.')
  const words = curlWords(rest)
  if (words.urls.some((url) => url.startsWith('^')))
    refuse('it is written for cmd.exe', 'Let the browser copy it as cURL for bash.')
  const given = new Given(words)
  const body = curlBody(words.options, readFile)
  const isQuery = given.has('get')
  const url = urlOf(given, isQuery ? body.bytes : null)
  const hasBody = body.isGiven && !isQuery
  const request: StepRequest = {
    via: 'nginx',
    from: fromOf(given),
    proxied: proxiedOf(given),
    method: methodOf(given, hasBody),
    url: connectedUrl(url, given.all('resolve'), given.all('connect-to')),
    target: given.last('request-target'),
    httpVersion: versionOf(given),
    headers: headersOf(given, url, hasBody ? body.bytes : null, readFile),
    body: hasBody ? body.bytes : '',
  }
  return { request, unused: words.unused }
}

/** The options of a line by their names. */
class Given {
  readonly #words: CurlWords

  constructor(words: CurlWords) {
    this.#words = words
  }

  get urls(): readonly Bytes[] {
    return [...this.all('url'), ...this.#words.urls]
  }

  all(name: string): readonly Bytes[] {
    return this.#words.options.filter((option) => option.name === name).map(({ value }) => value)
  }

  last(name: string): Bytes | null {
    return this.all(name).at(-1) ?? null
  }

  has(name: string): boolean {
    return this.#words.options.some((option) => option.name === name)
  }
}

function urlOf(given: Given, query: Bytes | null) {
  const [first, ...others] = given.urls
  if (first === undefined) refuse('it has no URL', 'Copy the whole line.')
  if (others.length > 0) refuse(`it has ${others.length + 1} URLs`, 'One request is sent at a time. Leave one.')
  if (!given.has('globoff') && /[[\]{}]/.test(first.replace(/^(?:https?:\/\/)?\[[\da-fA-F:.]+\]/, ''))) {
    refuse(`curl makes several URLs of "${first}"`, 'Add --globoff where its brackets are meant as they stand.')
  }
  const url = splitUrl(first, given.has('path-as-is'))
  return [...given.all('url-query'), ...(query === null ? [] : [query])].reduce(withQuery, url)
}

function fromOf(given: Given): string | null {
  const from = given.last('interface')?.replace(/^(?:host|if)!/, '') ?? null
  if (from === null || isIP(from) !== 0) return from
  return refuse(`--interface "${from}" is no IP address`, 'Name the address that the client comes from.')
}

function proxiedOf(given: Given): string | null {
  const client = given.last('haproxy-clientip')
  if (client !== null && isIP(client) === 0)
    return refuse(`--haproxy-clientip "${client}" is no IP address`, 'Name an address.')
  return client ?? (given.has('haproxy-protocol') ? '127.0.0.1' : null)
}

function methodOf(given: Given, hasBody: boolean): string {
  const method = given.last('request') ?? (given.has('head') ? 'HEAD' : hasBody ? 'POST' : 'GET')
  return TOKEN.test(method) ? method : refuse(`"${method}" is not a request method`, 'Write -X POST.')
}

function versionOf(given: Given): StepRequest['httpVersion'] {
  if (given.has('http1.0')) return '1.0'
  return given.has('http2') || given.has('http2-prior-knowledge') ? '2.0' : '1.1'
}

/** curl's own lines, what options make of them, then the lines of -H, each of which takes the place of curl's own. */
function headersOf(given: Given, url: ReturnType<typeof splitUrl>, body: Bytes | null, readFile: BodyReader): Header[] {
  const written = given.all('header').flatMap((line) => headerLines(line, readFile))
  const isJson = given.has('json')
  const made: [string, Bytes | null][] = [
    ['Host', url.authority],
    ['Authorization', authorizationOf(given, url.userinfo)],
    ['Range', given.has('range') ? `bytes=${given.last('range')}` : null],
    ['User-Agent', given.last('user-agent') ?? USER_AGENT],
    ['Accept', isJson ? 'application/json' : '*/*'],
    ['Accept-Encoding', given.has('compressed') ? ACCEPT_ENCODING : null],
    ['Referer', given.last('referer')?.replace(/;auto$/, '') ?? null],
    ['Cookie', cookieOf(given)],
    // A body that is empty has no length by itself.
    ['Content-Length', body === '' ? '0' : null],
    ['Content-Type', body === null ? null : isJson ? 'application/json' : 'application/x-www-form-urlencoded'],
  ]
  const own = made.filter(
    ([name, value]) => value !== null && value !== '' && !written.some((line) => isNamed(line, name)),
  )
  const ownLines = own.map(([name, value]): Header => [name, value ?? ''])
  const lines = written.flatMap(([name, value]): Header[] => (value === null ? [] : [[name, value]]))
  if (headerValue([...ownLines, ...lines], 'host') === undefined)
    refuse('it asks without a Host line', 'A client of HTTP/1.1 sends one.')
  return [...ownLines, ...lines]
}

/** A line of -H. Its value is null where it takes one of curl's own lines away. */
type WrittenLine = readonly [name: string, value: Bytes | null]

function isNamed([name]: WrittenLine, wanted: string): boolean {
  return name.toLowerCase() === wanted.toLowerCase()
}

function headerLines(line: Bytes, readFile: BodyReader): WrittenLine[] {
  if (line.startsWith('@'))
    return readFile(line.slice(1))
      .split(/\r?\n/)
      .filter((one) => one !== '')
      .map(headerLine)
  return [headerLine(line)]
}

/** `Name: value`, `Name;` for an empty one, `Name:` to leave it out. */
function headerLine(line: Bytes): WrittenLine {
  const end = line.search(/[:;]/)
  const [name, value] = end === -1 ? [line, ''] : [line.slice(0, end), withoutBlanks(line.slice(end + 1))]
  const isEmpty = line.charAt(end) === ';'
  if (end === -1 || (isEmpty && value !== '')) refuse(`-H "${line}" has no colon`, "Write -H 'Name: value'.")
  if (!TOKEN.test(name)) refuse(`"${name}" is not a header name`, 'Use letters, digits and "-".')
  if (!HEADER_VALUE.test(value)) refuse(`header "${name}" has a control character in it`, 'A header is one line.')
  return [name, value === '' && !isEmpty ? null : value]
}

/** Without spaces and tabs at either end (RFC 9110 section 5.5). A no-break space is a byte like another, which `trim` would take. */
function withoutBlanks(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && isBlank(text[start])) start++
  while (end > start && isBlank(text[end - 1])) end--
  return text.slice(start, end)
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}

function authorizationOf(given: Given, userinfo: Bytes | null): Bytes | null {
  const bearer = given.last('oauth2-bearer')
  if (bearer !== null) return `Bearer ${bearer}`
  const user = given.last('user') ?? userinfo
  if (user === null) return null
  if (!user.includes(':')) refuse(`-u "${user}" has no password, and curl would ask for it`, 'Write -u NAME:PASSWORD.')
  return `Basic ${Buffer.from(user, 'latin1').toString('base64')}`
}

function cookieOf(given: Given): Bytes | null {
  const cookies = given.all('cookie')
  const file = cookies.find((cookie) => !cookie.includes('='))
  if (file !== undefined && file !== '')
    refuse(`-b "${file}" is a file of cookies, and those are not read`, "Write -b 'name=value'.")
  return cookies.length === 0 ? null : cookies.filter((cookie) => cookie !== '').join(';')
}

function refuse(fact: string, remedy: string): never {
  throw new CurlError(fact, remedy)
}

/** Whether a header is one that curl sends unless it is told otherwise. */
export function isCurlHabit([name, value]: Header): boolean {
  return (name === 'User-Agent' && value === USER_AGENT) || (name === 'Accept' && value === '*/*')
}

/** The words of a line that a shell has split already, as bytes. */
export function wordsOfShell(words: readonly string[]): Bytes[] {
  return words.map(bytesFromText)
}
