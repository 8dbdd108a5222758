import type { Header, Headers } from '../chain/message.ts'
import type { Trace } from '../chain/trace.ts'
import { Source } from '../diagnostics/source.ts'

/** What stands in a report where a secret was. */
export const MASK = '***'

/** Headers whose values let somebody in (RFC 9110 section 11.6.2, RFC 6265, and the gateway's API keys). */
const SECRET_HEADERS = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key'])

/** Shorter values are too likely to occur by chance elsewhere in a report to be replaced wherever they stand. */
const MIN_SECRET_LENGTH = 4

/**
 * The same names as YAML writes them before a value. In a flow mapping (`{` before it on the line) the value is quoted, a
 * list, or ends with the pair; anywhere else it is the rest of the line.
 */
const SECRETS_IN_YAML = [
  /((?:proxy-)?authorization|(?:set-)?cookie|x-api-key)(?<=\{[^\n]*)(["']?\s*:[ \t]*)("[^"\n]*"|'[^'\n]*'|\[[^\]\n]*\]|[^,}\n]*)/gi,
  /((?:proxy-)?authorization|(?:set-)?cookie|x-api-key)(?<!\{[^\n]*)(["']?\s*:[ \t]*)([^\n]*)/gi,
]

/** Whether a header's value must not be shown. The name is matched without case. */
export function isSecretHeader(name: string): boolean {
  return SECRET_HEADERS.has(name.toLowerCase())
}

/** Headers with every secret value replaced; a credential keeps its scheme (`Bearer ***`), a cookie its name. */
export function maskHeaders(headers: Headers): Headers {
  return headers.map(([name, value]): Header => (isSecretHeader(name) ? [name, maskValue(name, value)] : [name, value]))
}

/** The secret values that a trace carries, in every form in which a report could show them. */
export function secretsOf(trace: Trace): readonly string[] {
  return secretsIn(Array.from(messagesOf(trace), ({ headers }) => headers).flat())
}

/** The secret values among headers, in every form in which a report could show them. */
export function secretsIn(headers: Headers): readonly string[] {
  const secrets = new Set<string>()
  for (const [name, value] of headers) {
    if (!isSecretHeader(name)) continue
    for (const part of [value, ...partsOf(name, value)]) if (part.length >= MIN_SECRET_LENGTH) secrets.add(part)
  }
  // The longest first, so that no rest of a longer secret stays behind a shorter one.
  return [...secrets].sort((a, b) => b.length - a.length)
}

/** A text without the secrets: wherever one stands in it, the mask stands instead. */
export function maskText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((masked, secret) => masked.replaceAll(secret, MASK), text)
}

/** A scenario file as a report may quote it: secret header values blotted out in place, so that every column stays. */
export function maskSource(source: Source): Source {
  const blot = (_: string, name: string, colon: string, value: string): string =>
    name + colon + value.replace(/[^\s,{}[\]"']/g, '*')
  const text = SECRETS_IN_YAML.reduce((masked, pattern) => masked.replace(pattern, blot), source.text)
  return new Source(source.file, text)
}

function maskValue(name: string, value: string): string {
  switch (name.toLowerCase()) {
    case 'authorization':
    case 'proxy-authorization':
      return value.replace(/^(\S+\s+)?.*$/, `$1${MASK}`)
    case 'cookie':
      return value
        .split(';')
        .map((pair) => pair.replace(/^(\s*)([^=]*=)?.*$/, `$1$2${MASK}`))
        .join(';')
    case 'set-cookie':
      return value.replace(/^([^;=]*=)?[^;]*/, `$1${MASK}`)
    default:
      return MASK
  }
}

/** The secret parts of a header value: what follows the scheme, what follows each cookie's `=`. */
function partsOf(name: string, value: string): string[] {
  switch (name.toLowerCase()) {
    case 'authorization':
    case 'proxy-authorization':
      return [value.replace(/^\S+\s+/, '')]
    case 'cookie':
      return value.split(';').map(afterEquals)
    case 'set-cookie':
      return [afterEquals(value.split(';', 1)[0] ?? '')]
    default:
      return [value]
  }
}

function afterEquals(pair: string): string {
  return pair.slice(pair.indexOf('=') + 1).trim()
}

function* messagesOf(trace: Trace): Generator<{ readonly headers: Headers }> {
  yield trace.request
  if (trace.response !== null) yield trace.response
  for (const { received, answered, forwards } of trace.exchanges) {
    yield received
    if (answered !== null) yield answered
    for (const { request, response } of forwards) {
      yield request
      if (response !== null) yield response
    }
  }
}
