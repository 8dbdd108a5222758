import { join } from 'node:path'
import { type CgiOutcome, type CgiResponseReader, cgiResponseReader } from '../../chain/cgi/cgi-outcome.ts'
import { fastCgiResponse } from '../../chain/cgi/fastcgi.ts'
import { proxiedEnds } from '../../chain/client-request.ts'
import { MemcachedReader } from '../../chain/memcached.ts'
import type { CgiProtocol, RequestMessage, ResponseMessage } from '../../chain/message.ts'
import { runAuthority, serviceCertificate } from '../../chain/run-certificates.ts'
import type { ServiceTls } from '../../chain/service.ts'
import { stubTlsOf } from '../../chain/stub-tls.ts'
import { Source } from '../../diagnostics/source.ts'
import { compileSite } from '../compile-site.ts'
import { handshakeFault } from '../core/upstreams/handshake.ts'
import { isUnixAddress } from '../core/upstreams/parse-upstream-url.ts'
import { filesUnder } from '../files-under.ts'
import { loadSiteFile } from '../load-site-file.ts'
import {
  afterWaiting,
  type NginxAnswer,
  type NginxSend,
  type NginxStep,
  RefusedRequestError,
  type Site,
  type UpstreamOutcome,
} from '../site.ts'
import {
  type CaseAnswer,
  type CaseRequest,
  type ConformanceCase,
  type Observation,
  type ObservedForward,
  OK,
  observedForward,
  observedResponse,
  type Places,
  placed,
  requestMessage,
  type Upstreams,
} from './case.ts'
import { CaseFiles } from './case-files.ts'
import { answerByHttp2, readResponse } from './http-bytes.ts'
import { DEBIAN_NGINX, type JudgingNginx } from './judging-nginx.ts'
import { freePort, RealNginx, send } from './real-nginx.ts'
import type { Recorder } from './recorder.ts'

/** The file of a case that has who signs the certificates of its upstreams. */
const AUTHORITY = 'ca.pem'

/** What the real nginx and the model made of one request. */
export interface Comparison {
  readonly request: string
  readonly nginx: Observation
  /** `refused` where the request came to something that the model does not know. */
  readonly model: Observation | 'refused'
}

/** Runs every request of a case on both. */
export async function runCase(
  test: ConformanceCase,
  recorder: Recorder,
  upstreams: Upstreams,
  { binary, rules }: JudgingNginx = DEBIAN_NGINX,
): Promise<Comparison[]> {
  using files = new CaseFiles({ ...test.files, ...(test.site.includes('ssl') ? certificates() : {}) })
  const sockets = (test.sockets ?? []).map((name) => join(files.dir, name))
  for (const socket of sockets) await recorder.openAt(socket)
  const tls = await openTls(test.tls ?? {}, recorder)
  const places = { ...upstreams, listen: await freePort(), files: files.dir, tls }
  const servers = new Map(Object.entries(test.tls ?? {}).map(([name, server]) => [tls.get(name), server]))
  const site = placed(test.site, places)
  let answeredMs = 0
  const model = compileModel(site, rules, () => answeredMs)
  if (!model.listens.some(({ port }) => port === places.listen)) throw new Error('the site does not listen at $LISTEN')
  await using _nginx = await RealNginx.start(site, places.listen, binary)
  const comparisons: Comparison[] = []
  for (const request of test.requests) {
    recorder.begin(request.upstream ?? [])
    const message = requestMessage(request)
    const { response, clientPort } = await send(places.listen, message, request.hello ?? null, request.proxied ?? null)
    answeredMs = response === null ? Date.now() : whenAnswered(response)
    const made = observeModel(model, request, { ...places, sockets }, servers, clientPort)
    // What nginx sends in the background may arrive after the answer.
    if (made !== 'refused') await recorder.hasReceived(made.forwards.length)
    const nginx = { forwards: recorder.received, answer: response === null ? null : observedResponse(response) }
    comparisons.push({
      request: `${message.method} ${message.target}`,
      nginx,
      model: made,
    })
  }
  return comparisons
}

/** When nginx answered, as its Date says: the model is asked a little later, maybe in the next second. An upstream's Date is another one. */
function whenAnswered({ headers }: ResponseMessage): number {
  const date = headers.find(([name]) => name.toLowerCase() === 'date')?.[1] ?? ''
  const endOfSecondMs = Date.parse(date) + 999
  const nowMs = Date.now()
  return nowMs - endOfSecondMs > 0 && nowMs - endOfSecondMs < 5_000 ? endOfSecondMs : nowMs
}

/**
 * Compiles a site for the model.
 * @param dateMs the time of day
 * @throws {Error} it is wrong or refused
 */
export function compileModel(text: string, rules = DEBIAN_NGINX.rules, dateMs = Date.now): Site {
  // The judge reads the files of this machine, and so does the model; but the judge's prefix is a folder without files.
  const onDisk = filesUnder('/')
  const file = (path: string) => (path.startsWith('/usr/share/nginx') ? null : onDisk(path))
  const loaded = loadSiteFile(new Source('site', text), new Map(), rules)
  if (loaded.site === null) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'))
  const { site, diagnostics, refused } = compileSite(loaded.site, {
    resolve: (host) => (host === 'localhost' ? ['127.0.0.1'] : []),
    file,
    dateMs,
  })
  if (refused.length > 0) throw new Error(`refused: ${refused.map(({ because }) => because).join('\n')}`)
  if (site === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return site
}

function certificates(): Readonly<Record<string, string>> {
  const { certificate, key } = serviceCertificate({
    names: ['a.example'],
    certificate: 'trusted',
    needsServerName: false,
  })
  return { [AUTHORITY]: runAuthority().certificate, 'server.pem': certificate, 'server.key': key }
}

async function openTls(servers: NonNullable<ConformanceCase['tls']>, recorder: Recorder): Promise<Map<string, number>> {
  const ports = new Map<string, number>()
  for (const [name, server] of Object.entries(servers)) ports.set(name, await recorder.open(stubTlsOf(server)))
  return ports
}

/** The places of a case, and the sockets at which somebody listens. */
type Heard = Places & { readonly sockets: readonly string[] }

type TlsServers = ReadonlyMap<number | undefined, ServiceTls>

function observeModel(
  site: Site,
  request: CaseRequest,
  places: Heard,
  servers: TlsServers,
  clientPort: number,
): Observation | 'refused' {
  try {
    return decideAndSend(site, request, places, servers, clientPort)
  } catch (error) {
    if (error instanceof RefusedRequestError) return 'refused'
    throw error
  }
}

function decideAndSend(
  site: Site,
  request: CaseRequest,
  places: Heard,
  servers: TlsServers,
  clientPort: number,
): Observation {
  const script = [...(request.upstream ?? [])]
  const forwards: ObservedForward[] = []
  const outcomeOfSend = (step: NginxSend): UpstreamOutcome => {
    const { to, request: sent } = step
    const isUnheard = isUnixAddress(to.address) && !places.sockets.some((path) => to.address === `unix:${path}`)
    if (to.port === places.dead || isUnheard) return { kind: 'refused' }
    const met = tlsOutcome(step, servers.get(to.port) ?? null)
    if (met !== null) return met
    forwards.push(observedForward(to.port, sent))
    return outcomeOf(script.shift() ?? OK, sent, step.maxHeadBytes)
  }
  const carryOut = (first: NginxStep): NginxAnswer => {
    let step = afterWaiting(first)
    while (step.kind === 'send') {
      const outcome = outcomeOfSend(step)
      for (const start of step.background) carryOut(start())
      step = afterWaiting(step.resume(outcome))
    }
    for (const start of step.background) carryOut(start())
    return step
  }
  const { response } = carryOut(
    site.decide({
      request: requestMessage(request),
      client: { address: '127.0.0.1', port: clientPort },
      server: { address: '127.0.0.1', port: places.listen },
      requestId: '0'.repeat(32),
      proxied: proxiedEnds({ address: '127.0.0.1', port: places.listen, proxied: request.proxied ?? null }),
      ...(request.hello === undefined ? {} : { tls: request.hello }),
    }),
  )
  return { forwards, answer: response === null ? null : observedResponse(response) }
}

/** What keeps the request from being sent: a handshake that fails, or the lack of one. */
function tlsOutcome({ tls }: NginxSend, server: ServiceTls | null): UpstreamOutcome | null {
  if (tls === null) return server === null ? null : { kind: 'reset' }
  const fault = handshakeFault(tls, server, (file) => file.endsWith(`/${AUTHORITY}`))
  return fault === null ? null : { kind: 'tls-failed', fault }
}

function outcomeOf(answer: CaseAnswer, request: RequestMessage, maxHeadBytes: number): UpstreamOutcome {
  const { method, cgi, httpVersion } = request
  if (answer === 'close') return { kind: 'reset' }
  if (answer === 'silence') return { kind: 'read-timeout' }
  if (cgi !== undefined) return limited(cgiOutcome(answer.bytes, cgi.protocol), maxHeadBytes)
  if (request.isMemcached)
    return limited(readAll(new MemcachedReader(request.target), Buffer.from(answer.bytes, 'latin1')), maxHeadBytes)
  if (httpVersion === '2.0') return limitedHead(answerByHttp2(answer, method), maxHeadBytes)
  const response = readResponse(Buffer.from(answer.bytes, 'latin1'), method === 'HEAD', true)
  if (!answer.bytes.startsWith('HTTP/'))
    return answer.bytes === '' ? { kind: 'reset' } : { kind: 'invalid', startsWithHttp: false }
  if (response === null) return { kind: 'reset' }
  const headBytes = answer.bytes.indexOf('\r\n\r\n') + '\r\n\r\n'.length
  return headBytes > maxHeadBytes ? { kind: 'header-too-big' } : { kind: 'answered', response, headBytes }
}

function limitedHead(response: ResponseMessage, maxHeadBytes: number): UpstreamOutcome {
  const headBytes = response.headers.reduce(
    (sum, [name, value]) => sum + name.length + value.length,
    ':status200'.length,
  )
  return headBytes > maxHeadBytes ? { kind: 'header-too-big' } : { kind: 'answered', response, headBytes }
}

/** What nginx makes of an application that wrote these bytes, or of an HTTP server in its place. */
function cgiOutcome(bytes: string, protocol: CgiProtocol): CgiOutcome {
  if (protocol === 'fastcgi' && bytes.startsWith('HTTP/')) return { kind: 'invalid' }
  const sent = protocol === 'fastcgi' ? fastCgiResponse(bytes, 1) : Buffer.from(bytes, 'latin1')
  return readAll(cgiResponseReader(protocol), sent)
}

function readAll(reader: CgiResponseReader, sent: Buffer): CgiOutcome {
  return reader.push(sent) ?? reader.end()
}

function limited(outcome: CgiOutcome, maxHeadBytes: number): UpstreamOutcome {
  return outcome.kind === 'answered' && outcome.headBytes > maxHeadBytes ? { kind: 'header-too-big' } : outcome
}
