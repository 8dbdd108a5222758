import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { bytesFromText, type Header, headerValue, type RequestMessage, utf8Of } from '../../chain/message.ts'
import { Source } from '../../diagnostics/source.ts'
import { compileSite } from '../compile-site.ts'
import { loadSiteFile } from '../load-site-file.ts'
import {
  afterWaiting,
  type FileEntry,
  type NginxAnswer,
  type NginxSend,
  RefusedRequestError,
  type Site,
  type UpstreamOutcome,
} from '../site.ts'
import { rulesOf } from '../versions.ts'
import { FILES_CHANGED_MS } from './case.ts'
import { chunks } from './http-bytes.ts'

/** The versions of nginx whose doings were recorded. */
export const RECORDED_VERSIONS = ['1.22.1', '1.24.0', '1.26.3', '1.28.3', '1.29.3', '1.30.4', '1.31.4'] as const

export type RecordedVersion = (typeof RECORDED_VERSIONS)[number]

/**
 * A site file, a request to it, and what real nginx did with it. Texts are UTF-8 on the wire. `answers` are those of the upstreams
 * by address and port, else 200; where one is `dead`, connections are refused. No files exist but `files`.
 */
export interface RecordedCase {
  readonly name: string
  readonly site: string
  readonly files?: Readonly<Record<string, string>>
  readonly dead?: readonly string[]
  readonly answers?: Readonly<Record<string, RecordedAnswer>>
  /** Requests that were sent before. */
  readonly before?: readonly RecordedRequest[]
  readonly request: RecordedRequest
  /** By the first recorded version that did so; null where it could not be recorded. */
  readonly nginx: Readonly<Partial<Record<RecordedVersion, RecordedOutcome | null>>>
}

/** What an upstream answers; `close` ends the connection without one. */
export type RecordedAnswer =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body?: string }
  | { readonly close: true }

export interface RecordedRequest {
  readonly method: string
  readonly target: string
  readonly httpVersion?: '1.0'
  readonly headers: readonly Header[]
  readonly body?: string
}

/** What nginx did. A `body` that is not there is nginx's own page, or empty. */
export type RecordedOutcome =
  | { readonly kind: 'invalid'; readonly message: string; readonly line?: number }
  | { readonly kind: 'answered'; readonly status: number; readonly location?: string; readonly body?: string }
  | {
      readonly kind: 'proxied'
      readonly upstream: string
      readonly method: string
      readonly target: string
      readonly httpVersion: string
      /** By name in lower case; several lines are an array. */
      readonly headers: Readonly<Record<string, string | readonly string[]>>
      readonly body?: string
      /** What the client got, where it was not 200. */
      readonly status?: number
      readonly location?: string
    }

/** What the model did; `refused` where it does not know. */
export type ReplayedOutcome = RecordedOutcome | { readonly kind: 'refused'; readonly because: string }

/** Every recorded case, family by family. */
export function recordedCases(): RecordedCase[] {
  const folder = join(import.meta.dirname, 'recorded')
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'))
  return files.sort().flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line): RecordedCase => JSON.parse(line)),
  )
}

/** What a version of nginx did; null where it could not be recorded. */
export function recordedOutcome({ nginx }: RecordedCase, version: RecordedVersion): RecordedOutcome | null {
  const upTo = RECORDED_VERSIONS.slice(0, RECORDED_VERSIONS.indexOf(version) + 1)
  return upTo.map((one) => nginx[one]).findLast((outcome) => outcome !== undefined) ?? null
}

/** What the model of a version does. */
export function replay(test: RecordedCase, version: string): ReplayedOutcome {
  const loaded = loadSiteFile(new Source('site', test.site), new Map(), rulesOf(version))
  const resolve = (host: string) => (host === 'localhost' ? ['127.0.0.1'] : [])
  const compiled =
    loaded.site === null ? null : compileSite(loaded.site, { resolve, file: filesOf(test), nowMs: () => 0 })
  const error = [...loaded.diagnostics, ...(compiled?.diagnostics ?? [])].find(({ severity }) => severity === 'error')
  if (error !== undefined) return { kind: 'invalid', message: error.message, line: error.span.line }
  const [refused] = [...loaded.refused, ...(compiled?.refused ?? [])]
  if (refused !== undefined) return { kind: 'refused', because: refused.because }
  if (compiled === null || compiled.site === null) throw new Error('a site without an error is compiled')
  try {
    for (const request of test.before ?? []) ask(compiled.site, request, test)
    return ask(compiled.site, test.request, test)
  } catch (thrown) {
    if (thrown instanceof RefusedRequestError) return { kind: 'refused', because: thrown.refused.because }
    throw thrown
  }
}

/** Whether both did the same. */
export function isSame(recorded: RecordedOutcome, replayed: ReplayedOutcome): boolean {
  return isDeepStrictEqual(withDefaults(recorded), withDefaults(replayed))
}

/** What a recording leaves out is written out. */
function withDefaults(outcome: ReplayedOutcome): ReplayedOutcome {
  return outcome.kind === 'answered' || outcome.kind === 'proxied' ? { status: 200, body: '', ...outcome } : outcome
}

function ask(site: Site, request: RecordedRequest, test: RecordedCase): RecordedOutcome {
  let arrived: NginxSend | null = null
  let step: NginxAnswer | NginxSend = afterWaiting(
    site.decide({
      request: messageOf(request),
      client: { address: '127.0.0.1', port: 40_000 },
      server: { address: '127.0.0.1', port: 80 },
      requestId: '0'.repeat(32),
    }),
  )
  while (step.kind === 'send') {
    const place = `${step.to.address}:${step.to.port}`
    const isDead = test.dead?.includes(place) ?? false
    if (!isDead) arrived = step
    step = afterWaiting(step.resume(isDead ? { kind: 'refused' } : outcomeAt(test.answers?.[place])))
  }
  const status = step.response?.status ?? 444
  const location = step.response === null ? undefined : headerValue(step.response.headers, 'location')
  const shown = { ...(location !== undefined && { location: utf8Of(location) }) }
  if (arrived === null || step.origin === 'self')
    return { kind: 'answered', status, ...shown, ...bodyOf(step.response?.body ?? '') }
  const { to, request: sent } = arrived
  return {
    kind: 'proxied',
    upstream: `${to.address}:${to.port}`,
    method: sent.method,
    target: utf8Of(sent.target),
    httpVersion: sent.httpVersion,
    headers: headersOf(sent),
    ...bodyOf(sent.body),
    status,
    ...shown,
  }
}

function messageOf({ method, target, httpVersion, headers, body = '' }: RecordedRequest): RequestMessage {
  const isChunked = headers.some(([name]) => name.toLowerCase() === 'transfer-encoding')
  return {
    method,
    target: bytesFromText(target),
    httpVersion: httpVersion ?? '1.1',
    headers: headers.map(([name, value]) => [bytesFromText(name), bytesFromText(value)]),
    body: isChunked ? chunks(bytesFromText(body)) : bytesFromText(body),
  }
}

function outcomeAt(answer: RecordedAnswer = { status: 200, headers: {}, body: 'ok' }): UpstreamOutcome {
  if ('close' in answer) return { kind: 'reset' }
  const body = bytesFromText(answer.body ?? '')
  const headers: Header[] = [...Object.entries(answer.headers), ['Content-Length', String(body.length)]]
  return { kind: 'answered', response: { status: answer.status, headers, body } }
}

function headersOf({ headers }: RequestMessage): Record<string, string | string[]> {
  const values = Map.groupBy(headers, ([name]) => name.toLowerCase())
  const entries = [...values].map(([name, lines]) => {
    const [first = '', ...more] = lines.map(([, value]) => utf8Of(value))
    return [name, more.length === 0 ? first : [first, ...more]]
  })
  return Object.fromEntries(entries)
}

/** nginx's own pages are not recorded. */
function bodyOf(bytes: string): { body?: string } {
  const isOwnPage = /<center>nginx(?:\/[\d.]+)?<\/center>/.test(bytes)
  return bytes === '' || isOwnPage ? {} : { body: utf8Of(bytes) }
}

function filesOf({ files = {} }: RecordedCase): (path: string) => FileEntry | null {
  const paths = Object.keys(files)
  return (asked) => {
    const path = posix.normalize(asked)
    const text = files[path]
    if (text !== undefined && !path.endsWith('/')) {
      return { kind: 'file', bytes: Buffer.from(text), modifiedMs: FILES_CHANGED_MS }
    }
    const folder = path.endsWith('/') ? path : `${path}/`
    return paths.some((one) => one.startsWith(folder)) ? { kind: 'directory' } : null
  }
}
