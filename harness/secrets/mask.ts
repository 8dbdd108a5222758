import type { Header, Headers } from '../chain/message.ts'
import type { Trace } from '../trace/trace.ts'
import { maskCookies } from './mask-cookie.ts'

/** What stands in a report where a secret was. */
export const MASK = '***'

/** Headers whose values let somebody in (RFC 9110 section 11.6.2, RFC 6265, and the gateway's API keys). */
export const SECRET_HEADERS = ['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key'] as const

export type SecretHeader = (typeof SECRET_HEADERS)[number]

/** Shorter values are too likely to occur by chance elsewhere in a report to be replaced wherever they stand. */
const MIN_SECRET_LENGTH = 4

/** The name in lower case of a header with a secret in its value; undefined for any other. The name is matched without case. */
export function secretHeader(name: string): SecretHeader | undefined {
  const lower = name.toLowerCase()
  return SECRET_HEADERS.find((secret) => secret === lower)
}

/** Headers with every secret replaced; a credential keeps its scheme (`Bearer ***`), a cookie its name and its attributes. */
export function maskHeaders(headers: Headers): Headers {
  return headers.map(([name, value]): Header => [name, maskHeader(name, value)])
}

/** One line's value, likewise. */
export function maskHeader(name: string, value: string): string {
  const secret = secretHeader(name)
  return secret === undefined ? value : maskSecrets(secret, value, () => MASK)
}

/** A part of a header's value, or a pattern for it, as an expectation has it: what may be of a secret is replaced. */
export function maskHeaderPart(name: string, part: string): string {
  const secret = secretHeader(name)
  if (secret === undefined) return part
  return secret === 'cookie' || secret === 'set-cookie' ? maskCookies(secret, part, false, () => MASK) : MASK
}

/** The secret values that a trace carries, in every form in which a report could show them. */
export function secretsOf(trace: Trace): readonly string[] {
  return secretsIn(Array.from(messagesOf(trace), ({ headers }) => headers).flat())
}

/** The secret values among headers, in every form in which a report could show them. */
export function secretsIn(headers: Headers): readonly string[] {
  const secrets = new Set<string>()
  const note = (secret: string): string => {
    if (secret.length >= MIN_SECRET_LENGTH) secrets.add(secret)
    return MASK
  }
  for (const [name, value] of headers) {
    const secret = secretHeader(name)
    if (secret === undefined) continue
    maskSecrets(secret, value, note)
    // A credential may be too short by itself; with its scheme it hardly occurs by chance.
    if (secret !== 'cookie' && secret !== 'set-cookie') note(value)
  }
  return [...secrets]
}

/** A text without the secrets: wherever one stands in it, the mask stands instead. */
export function maskText(text: string, secrets: readonly string[]): string {
  // The longest first, so that no rest of a longer secret stays behind a shorter one.
  const longestFirst = secrets.toSorted((a, b) => b.length - a.length)
  return longestFirst.reduce((masked, secret) => masked.replaceAll(secret, MASK), text)
}

/** A value in which `mask` has replaced each secret. */
function maskSecrets(name: SecretHeader, value: string, mask: (secret: string) => string): string {
  switch (name) {
    case 'cookie':
    case 'set-cookie':
      return maskCookies(name, value, true, mask)
    case 'x-api-key':
      return mask(value)
    default:
      return value.replace(/^(\S+\s+)?(.*)$/s, (_, scheme: string = '', secret: string) => scheme + mask(secret))
  }
}

function* messagesOf(trace: Trace): Generator<{ readonly headers: Headers }> {
  yield trace.request
  if (trace.response !== null) yield trace.response
  for (const { received, answered, passes } of trace.exchanges) {
    yield received
    if (answered !== null) yield answered
    for (const { request, response } of passes.flatMap(({ tries }) => tries)) {
      yield request
      if (response !== null) yield response
    }
  }
}
