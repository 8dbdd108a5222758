import type { RequestHandler } from 'msw'
import { HttpResponse, http } from 'msw/http'
import { type Headers, headerValue, headerValues, type RequestMessage } from '../chain/message.ts'
import type { Service, StubAnswer, StubCondition } from '../chain/service.ts'

/** What a stub backend knows of a request: who it is, and the message as it stood on the wire. */
export interface StubRequest {
  readonly service: Pick<Service, 'name' | 'stub'>
  readonly message: RequestMessage
}

/**
 * The stub's view of a Request that MSW shows its handlers. A WHATWG URL has `//`, `/./` and `%2e%2e` collapsed, and what
 * a backend received is compared byte for byte; so handlers look the message up here.
 */
export const stubRequests = new WeakMap<Request, StubRequest>()

/** The header lines of a canned answer. The Headers of the Fetch standard join the lines of one name. */
export const responseHeaders = new WeakMap<Response, Headers>()

/** The lines behind the body of an answer, which a Response of the Fetch standard has not. */
export const responseTrailers = new WeakMap<Response, Headers>()

/**
 * The MSW handlers of every stub: canned answers first, the service's own 404 for a path that it does not serve, 426
 * where only an upgrade makes sense (RFC 9110 section 15.5.22), and a JSON echo for the rest. They are made once: a
 * handler finds out where in the code it was made, which costs more than answering.
 */
export const stubHandlers: RequestHandler[] = [
  http.all('*', ({ request }) => {
    const found = stubRequests.get(request)
    return found === undefined ? undefined : answer(found)
  }),
]

function answer({ service: { name, stub }, message }: StubRequest): Response {
  const canned = stub.answers.find((each) => isFor(each, message))
  if (canned !== undefined) return cannedResponse(canned, message.method)
  // What nobody has put there, memcached has not.
  if (stub.speaks === 'memcached') return notFound()
  const path = message.target.split('?', 1)[0] ?? ''
  if (isHealthPath(path)) return json({ status: 'ok', service: name })
  if (stub.websocket) return upgradeRequired()
  if (stub.serves !== null && !stub.serves.some((prefix) => isUnder(path, prefix))) return notFound()
  if (stub.speaks === 'grpc') return grpcEcho({ service: name, method: message.method, path: message.target })
  const params = message.cgi === undefined ? {} : { params: Object.fromEntries(message.cgi.params) }
  return json({ service: name, method: message.method, path: message.target, ...params })
}

function isFor(answer: StubAnswer, message: RequestMessage): boolean {
  const { method, target } = message
  if (answer.method !== null && answer.method !== method) return false
  if (!meets(answer.when, message)) return false
  return answer.target === target || (!answer.target.includes('?') && answer.target === target.split('?', 1)[0])
}

function meets({ httpVersion, headers, params }: StubCondition, message: RequestMessage): boolean {
  if (httpVersion !== null && httpVersion !== message.httpVersion) return false
  const told = message.cgi?.params ?? []
  const areTold = params.every(([name, value]) => {
    const values = told.filter(([key]) => key === name)
    return value === null ? values.length === 0 : values.length === 1 && values[0]?.[1] === value
  })
  if (!areTold) return false
  return headers.every(([name, value]) => {
    const [line, second] = headerValues(message.headers, name)
    return value === null ? line === undefined : line === value && second === undefined
  })
}

/** `/api/v1/processes` serves itself and what lies below it, not `/api/v1/processes-old`. */
function isUnder(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`)
}

/** Every FlowMaster service answers its own `/health`, as Kubernetes probes it. */
function isHealthPath(path: string): boolean {
  return path === '/health'
}

const TEXT: Headers = [['content-type', 'text/plain;charset=UTF-8']]

/** Answers that the Response of the Fetch standard allows no body ("null body status"). */
const BODILESS = new Set([204, 205, 304])

function cannedResponse({ status, headers, body, trailers }: StubAnswer, method: string): Response {
  const sent = BODILESS.has(status) || method === 'HEAD' ? null : body
  // These end with their head (RFC 9112 section 6.3), and a length may say what a GET would have had.
  const endsWithHead = method === 'HEAD' || status === 204 || status === 304
  const length = endsWithHead ? null : Buffer.byteLength(sent ?? '')
  const honest = headers.filter(([name, value]) => !isFalseFraming(name.toLowerCase(), value, length))
  const response = new HttpResponse(sent, { status })
  // What the Fetch standard says of a text, as it would say it itself were the lines given to it.
  const type: Headers = sent === null || headerValue(honest, 'content-type') !== undefined ? [] : TEXT
  responseHeaders.set(response, [...honest, ...type])
  if (trailers.length > 0) responseTrailers.set(response, trailers)
  return response
}

/** A call that succeeds (gRPC over HTTP/2): the echo stands where its message would. */
function grpcEcho(value: object): Response {
  const response = new HttpResponse(JSON.stringify(value))
  responseHeaders.set(response, [['content-type', 'application/grpc']])
  responseTrailers.set(response, [['grpc-status', '0']])
  return response
}

/** The server frames what it sends: a length copied from another answer would leave everybody waiting for the rest. */
function isFalseFraming(name: string, value: string, length: number | null): boolean {
  if (name === 'transfer-encoding') return true
  return name === 'content-length' && (length === null ? !/^\d+$/.test(value) : value !== String(length))
}

function notFound(): Response {
  return json({ detail: 'Not Found' }, { status: 404 })
}

function upgradeRequired(): Response {
  return json({ detail: 'Upgrade Required' }, { status: 426, headers: { upgrade: 'websocket', connection: 'upgrade' } })
}

/** As `HttpResponse.json` answers, which makes a Blob of the text only to count its bytes. */
function json(value: object, init: { status?: number; headers?: Record<string, string> } = {}): Response {
  const body = JSON.stringify(value)
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }
  return new HttpResponse(body, { ...init, headers: { ...headers, ...init.headers } })
}
