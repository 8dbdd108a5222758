import { isSecretHeader } from '../../gateway/secret-names.ts'
import { type Header, type Headers, headerValue, type RequestMessage, utf8Of } from '../chain/message.ts'
import type { Trace } from '../trace/trace.ts'
import { maskCookies } from './mask-cookie.ts'
import { replaceNamed, replaceUserinfo } from './named.ts'

/** What stands in a report where a secret was. */
export const MASK = '***'

/** Shorter values are too likely to occur by chance elsewhere in a report to be replaced wherever they stand. */
const MIN_SECRET_LENGTH = 4

/** What stands behind the name of a parameter or a member may be a plain word, such as `required`; with a digit it is none. */
const MIN_NAMED_LENGTH = 10

/** The name in lower case of a header with a secret in its value; undefined for any other. The name is matched without case. */
export function secretHeader(name: string): string | undefined {
  return isSecretHeader(name) ? name.toLowerCase() : undefined
}

/** Headers with every secret replaced; a credential keeps its scheme (`Bearer ***`), a cookie its name and its attributes. */
export function maskHeaders(headers: Headers): Headers {
  return headers.map(([name, value]): Header => [name, maskHeader(name, value)])
}

/** One line's value, likewise. */
export function maskHeader(name: string, value: string): string {
  const secret = secretHeader(name)
  return secret === undefined ? maskNames(value) : maskSecrets(secret, value, () => MASK)
}

/** A part of a header's value, or a pattern for it, as an expectation has it: what may be of a secret is replaced. */
export function maskHeaderPart(name: string, part: string): string {
  const secret = secretHeader(name)
  if (secret === undefined) return part
  return secret === 'cookie' || secret === 'set-cookie' ? maskCookies(secret, part, false, () => MASK) : MASK
}

/**
 * A value that a scenario makes secret, in the forms in which a report could show it: on the wire and as text, percent-encoded, in
 * JSON, in Base64. One that is shorter than a few characters would be replaced everywhere by chance; it is left.
 */
export function formsOf(value: string): readonly string[] {
  if (value.length < MIN_SECRET_LENGTH) return []
  const texts = [...new Set([value, utf8Of(value)])]
  const forms = texts.flatMap((text) => [
    text,
    encodeURIComponent(text.toWellFormed()),
    JSON.stringify(text).slice(1, -1),
    Buffer.from(text).toString('base64'),
  ])
  return [...new Set(forms)]
}

/** The secret values that a trace carries, in every form in which a report could show them. */
export function secretsOf(trace: Trace): readonly string[] {
  return [...new Set(Array.from(messagesOf(trace), secretsOfMessage).flat())]
}

/** The secret values of one message: of its headers, its target and its body. */
export function secretsOfMessage({ headers, body, target = null }: Message): readonly string[] {
  const secrets = new Set(secretsIn(headers))
  const note = (value: string): string => {
    for (const form of [value, decoded(value)]) if (isTelling(form)) secrets.add(form)
    return MASK
  }
  // As wire bytes and as text: reports show both.
  for (const text of new Set([body, utf8Of(body)])) {
    const kind = isForm(headers) ? 'target' : 'text'
    replaceNamed(replaceUserinfo(text, note), note, kind)
  }
  replaceNamed(replaceUserinfo(target ?? '', note), note, 'target')
  for (const [name, value] of headers) if (!isSecretHeader(name)) replaceNamed(replaceUserinfo(value, note), note)
  return [...secrets]
}

/** Part of a message that carries something; a request has a target, too. */
type Message = Pick<RequestMessage, 'headers' | 'body'> & { readonly target?: string | null }

function isForm(headers: Headers): boolean {
  return headerValue(headers, 'content-type')?.toLowerCase().startsWith('application/x-www-form-urlencoded') === true
}

function isTelling(value: string): boolean {
  return value.length >= (/\d/.test(value) ? MIN_SECRET_LENGTH : MIN_NAMED_LENGTH)
}

function decoded(value: string): string {
  if (!/[%+]/.test(value)) return value
  try {
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch {
    return value
  }
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
    const password = basicPassword(value)
    if (password !== null) note(password)
    // A credential may be too short by itself; with its scheme it hardly occurs by chance.
    if (secret !== 'cookie' && secret !== 'set-cookie') note(value)
  }
  return [...secrets]
}

/** The password of Basic credentials (RFC 7617 section 2); null where the value has none. */
function basicPassword(value: string): string | null {
  const encoded = /^basic +(\S+)$/i.exec(value)?.[1]
  const pair = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8')
  return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : null
}

/** A text without what is secret in it by its name: parameters, members of JSON, the userinfo of URLs, headers that nginx sets. */
export function maskNames(text: string): string {
  return replaceNamed(
    replaceUserinfo(maskDirectives(text), () => MASK),
    () => MASK,
  )
}

/** `proxy_set_header Authorization "Bearer …"` and its kin, as a rule shows them: the directive, the header, its value. */
const SETS_HEADER =
  /\b((?:proxy_set|add|fastcgi_set|grpc_set)_header[ \t]{1,8})([\w-]{1,64})([ \t]{1,8})(\\?"[^"\n]*"|[^\n"]+)/g

function maskDirectives(text: string): string {
  if (!text.includes('_header')) return text
  return text.replace(SETS_HEADER, (whole, directive: string, name: string, space: string, value: string) => {
    if (!isSecretHeader(name)) return whole
    const [quote = ''] = /^\\?"/.exec(value) ?? []
    const inner = quote === '' ? value : value.slice(quote.length, -1).replace(/\\$/, '')
    return `${directive}${name}${space}${quote}${maskHeader(name, inner)}${quote}`
  })
}

/** A text without the secrets: wherever one stands in it, or a value behind a secret name, the mask stands instead. */
export function maskText(text: string, secrets: readonly string[]): string {
  // One that is short is masked where it is all that stands there.
  if (text.length < MIN_SECRET_LENGTH && secrets.includes(text)) return MASK
  // The longest first, so that no rest of a longer secret stays behind a shorter one.
  const longestFirst = secrets
    .filter(({ length }) => length >= MIN_SECRET_LENGTH)
    .toSorted((a, b) => b.length - a.length)
  return maskNames(longestFirst.reduce((masked, secret) => masked.replaceAll(secret, MASK), text))
}

/** A value in which `mask` has replaced each secret. */
function maskSecrets(name: string, value: string, mask: (secret: string) => string): string {
  if (name === 'cookie' || name === 'set-cookie') return maskCookies(name, value, true, mask)
  if (!name.endsWith('authorization')) return mask(value)
  return value.replace(/^(\S+\s+)?(.*)$/s, (_, scheme: string = '', secret: string) => scheme + mask(secret))
}

function* messagesOf(trace: Trace): Generator<Message> {
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

/** Much of what stands around a value says no more of where it stands. */
const MAX_CONTEXT_LENGTH = 24

/**
 * The forms of a value that is too short to be looked for by itself: with what stands around it where a text has it.
 * @param text a text with `placeholder` in it, where the value was filled in
 */
export function formsInPlace(text: string, placeholder: string, value: string): readonly string[] {
  const parts = text.split(placeholder)
  const forms = parts.slice(1).flatMap((right, index) => {
    const left = (parts[index] ?? '').split('}').at(-1)?.slice(-MAX_CONTEXT_LENGTH) ?? ''
    const word = /[\w.-]*[^\w.-]?$/.exec(left)?.[0] ?? ''
    const before = word.length < MIN_SECRET_LENGTH ? left.slice(-8) : word
    const after = /^[\w.-]*/.exec(right.slice(0, MAX_CONTEXT_LENGTH))?.[0] ?? ''
    return formsOf(`${before}${value}${after}`)
  })
  return parts.length > 1 ? [value, `"${value}"`, ...forms] : []
}
