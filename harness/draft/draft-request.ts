import { isSecretHeader } from '../../gateway/secret-names.ts'
import { type Bytes, type Header, headerValue, utf8Of } from '../chain/message.ts'
import type { JsonValue, StepRequest } from '../scenario/scenario.ts'
import { replaceNamed } from '../secrets/named.ts'

/** A step of a scenario file, before it is text. */
export type DraftStep = Readonly<Record<string, JsonValue>>

/** The request of a step, and the secrets that its file takes from the environment: their values by the names of the variables. */
export interface DraftRequest {
  readonly step: DraftStep
  readonly secrets: ReadonlyMap<string, string>
}

/** A request as a scenario file writes it. No secret of it is written: the variable that has it stands in its place. */
export function draftRequest(request: StepRequest): DraftRequest {
  const secrets = new Secrets()
  const { via, from, proxied, method, target, httpVersion } = request
  const authority = /^https?:\/\/([^/?#]+)/.exec(request.url)?.[1]
  const isImplied = ([name, value]: Header): boolean => name.toLowerCase() === 'host' && value === authority
  const headers = request.headers.filter((header) => !isImplied(header))
  const host = headerValue(headers, 'host')
  const others = headers.filter(([name]) => name.toLowerCase() !== 'host')
  const url = secrets.named(utf8Of(request.url), 'target')
  const { json, body } = draftBody(request, secrets)
  const isOfJson = ([name, value]: Header): boolean =>
    json !== undefined && name.toLowerCase() === 'content-type' && value === 'application/json'
  const step = {
    request: `${method} ${url}`,
    ...(via === 'nginx' ? {} : { via }),
    ...(from === null ? {} : { from }),
    ...(proxied === null ? {} : { proxyProtocol: proxied }),
    ...(target === null ? {} : { target: secrets.named(utf8Of(target), 'target') }),
    ...(host === undefined ? {} : { host: utf8Of(host) }),
    ...headersOf(
      others.filter((header) => !isOfJson(header)),
      secrets,
    ),
    ...(httpVersion === '1.1' ? {} : { httpVersion: httpVersion === '2.0' ? '2' : httpVersion }),
    ...(json === undefined ? {} : { json }),
    ...(body === undefined ? {} : { body }),
  }
  return { step, secrets: secrets.values }
}

function headersOf(headers: readonly Header[], secrets: Secrets): { readonly headers?: JsonValue } {
  const lines = new Map<string, string[]>()
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    lines.set(key, [...(lines.get(key) ?? []), secrets.header(key, utf8Of(value))])
  }
  const written = Array.from(lines, ([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values])
  return lines.size === 0 ? {} : { headers: Object.fromEntries(written) }
}

/** JSON as a mapping, where its text says no more than that; any other body as a text. */
function draftBody(
  { body, headers }: StepRequest,
  secrets: Secrets,
): { readonly json?: JsonValue; readonly body?: string } {
  if (body === '') return {}
  const type = headerValue(headers, 'content-type') ?? ''
  const text = secrets.named(utf8Of(body), type.startsWith('application/x-www-form-urlencoded') ? 'target' : 'text')
  const json = /\bjson\b/.test(type) ? parsed(text) : undefined
  return json !== undefined && JSON.stringify(json) === text ? { json } : { body: text }
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What is secret in a request, by its name, and the variables that stand for it. */
class Secrets {
  readonly values = new Map<string, string>()

  /** A header's value; of credentials the scheme stays. */
  header(name: string, value: string): string {
    if (!isSecretHeader(name)) return this.named(value, 'text')
    const [, scheme = '', secret = ''] = name.endsWith('authorization')
      ? (/^(\S+ +)?([\s\S]*)$/.exec(value) ?? [])
      : ['', '', value]
    return secret === '' ? value : `${scheme}${this.#variable(name, secret)}`
  }

  /** A text with values behind secret names. */
  named(text: string, kind: 'text' | 'target'): string {
    return replaceNamed(text, (value) => this.#variable('secret', value), kind)
  }

  #variable(name: string, value: Bytes): string {
    const known = [...this.values].find(([, other]) => other === value)?.[0]
    const base = name.toUpperCase().replace(/\W/g, '_')
    let variable = known ?? base
    for (let count = 2; known === undefined && this.values.has(variable); count++) variable = `${base}_${count}`
    this.values.set(variable, value)
    return `\${env:${variable}}`
  }
}
