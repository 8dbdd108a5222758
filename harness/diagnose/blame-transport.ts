import { headerValue, PROTOCOL_NAMES } from '../chain/message.ts'
import { LOOPBACK, portOf, portsOf } from '../chain/service.ts'
import type { Failure, Outcome } from '../trace/outcome.ts'
import { triesOf } from '../trace/reading.ts'
import type { Destination, Exchange, Try } from '../trace/trace.ts'
import { accuse, accuseService, advise, lineOf } from './accuse.ts'
import type { Blame, BlameCase } from './blame-case.ts'
import type { Scene, Sender } from './scene.ts'
import { whyNobodyListens } from './why-nobody-listens.ts'

/** The client was refused: nobody listens where it came in. */
export const nobodyListens: BlameCase = (scene) => {
  const { trace, entry, listener, listens } = scene
  if (trace.exchanges.length > 0 || trace.response !== null) return null
  if (entry !== 'nginx')
    return accuseService(scene, entry, `nobody listens at ${entry}: it has no ready endpoint`, 'replicas')
  const [first = null] = listens
  const because = whyNobodyListens(listener, trace.request.httpVersion === '2.0', listens)
  return { hop: 'nginx', service: null, rule: first, because, remedy: null }
}

/** A ClusterIP that was re-used: the request arrives, in the wrong Service, and nothing in between can notice. */
export const pinOfAnother: BlameCase = (scene) => {
  const to = scene.nginx?.last?.to
  const then = scene.ownerThen(to?.address ?? null)
  if (!scene.nginx || !to || then === null || to.service === null || then === to.service) return null
  const fact = `${to.address} was ${then}'s when the site file was written; now ${to.service} answers there`
  return advise(accuse(scene.nginx, fact), repin(then))
}

/** A ClusterIP that no Service has any more: packets to it vanish, and nginx waits for its connect timeout. */
export const pinOfNobody: BlameCase = (scene) => {
  const to = scene.nginx?.last?.to
  if (!scene.nginx || !to || to.service !== null || to.address === null) return null
  if (to.address.startsWith('unix:')) return accuse(scene.nginx, `nothing listens at ${to.address}`)
  if (LOOPBACK.test(to.address))
    return accuse(scene.nginx, `nginx sends to its own host, where nothing listens on port ${to.port}`)
  const then = scene.ownerThen(to.address) ?? (to.host === to.address ? null : (scene.named(to.host)?.name ?? null))
  const history = then === null ? '' : ` was ${then}'s when the site file was written;`
  if (then === null) return accuse(scene.nginx, `no Service has the address ${to.address}`)
  return advise(accuse(scene.nginx, `${to.address}${history} no Service has it now`), repin(then))
}

function repin(service: string): string {
  return `Write the ClusterIP that ${service} has now, and reload nginx.`
}

/** A port on which the Service does not listen, although the Service itself is the right one. */
export const nginxWrongPort: BlameCase = (scene) => wrongPort(scene, scene.nginx)
export const gatewayWrongPort: BlameCase = (scene) => wrongPort(scene, scene.gateway)

/**
 * A hop announced a body and kept it back, so that the next one waits for bytes that never come (RFC 9112 section 6.2). The hop
 * that got all of it and sent less is to blame; where the client itself sent less, nobody is.
 */
export const announcedMore: BlameCase = (scene) => {
  if (!scene.answerWrong) return null
  for (const sender of [scene.nginx, scene.gateway]) {
    if (!sender?.last) continue
    const { exchange, pass, last } = sender
    const announced = announcedBytes(last.request)
    if (announced <= last.request.body.length || announcedBytes(exchange.received) > exchange.received.body.length)
      continue
    const rule = (last.request.body === '' ? pass.decidedBy.body : null) ?? lineOf(pass, 'content-length') ?? last.by
    const fact = `${sender.who} announces a body of ${announced} bytes and sends ${last.request.body.length}`
    return accuse(sender, `${fact}: ${last.to.service ?? last.to.host} waits for the rest`, rule ?? undefined)
  }
  return null
}

/** What Content-Length says; 0 where there is none. */
function announcedBytes({ headers }: Exchange['received']): number {
  const length = headerValue(headers, 'content-length') ?? ''
  return /^\d{1,15}$/.test(length) ? Number(length) : 0
}

/**
 * nginx's own limit ended the wait while the gateway was in its time: it had asked a backend, and left when nginx did. A
 * gateway that had given up on the backend by then answers for itself, or names the backend.
 */
export const nginxGaveUp: BlameCase = ({ nginx, gateway, backend }) => {
  if (nginx?.last?.outcome !== 'read-timeout' || !gateway || !backend) return null
  if (gateway.last && gateway.last.outcome !== 'abandoned') return null
  const line = nginx.pass.decidedBy.readTimeout
  const limit = line === null ? 'the default proxy_read_timeout of 60s' : line.text
  const fact = `nginx gave up after ${limit}, while the gateway still had time to wait for ${backend.service}`
  return advise(
    accuse(nginx, fact, line ?? nginx.pass.decidedBy.whole),
    'Give this location a longer proxy_read_timeout.',
  )
}

/** How long the gateway waits for a backend where no line says it, in ms (gateway/README.md). */
const GATEWAY_PATIENCE_MS = 30_000

/** A `timeout` of the gateway's own ended the wait for a backend that would have answered. One that never does is to blame itself. */
export const gatewayGaveUp: BlameCase = (scene) => {
  const { gateway } = scene
  const line = gateway?.pass.decidedBy.readTimeout ?? null
  if (gateway?.last?.outcome !== 'read-timeout' || line === null) return null
  const name = gateway.last.to.service ?? gateway.last.to.host
  const delayMs = scene.delayOf(name)
  if (delayMs === null || delayMs >= GATEWAY_PATIENCE_MS) return null
  const fact = `the gateway gave up after ${line.text}, and ${name} answers after ${delayMs} ms`
  return advise(accuse(gateway, fact, line), `Write a timeout of more than ${delayMs} ms.`)
}

/** Nobody answered, and where it was sent is right: the hop that should listen there is to blame, not the one that asked. */
export const nginxUnreachable: BlameCase = (scene) => unreachable(scene, scene.nginx)
export const gatewayUnreachable: BlameCase = (scene) => unreachable(scene, scene.gateway)

function wrongPort(scene: Scene, sender: Sender | undefined): Blame | null {
  const to = sender?.last?.to
  if (!sender || !to || sender.last?.outcome === 'answered') return null
  const service = scene.service(to.service) ?? scene.named(to.host)
  if (service === undefined || portOf(service, to.port) !== null) return null
  const listens = portsOf(service).map(({ port }) => port)
  const fact = `${sender.who} sends to port ${to.port} of ${service.name}, which listens on ${listens.join(' and ')}`
  return advise(
    accuse(sender, fact, sender.pass.decidedBy.to ?? sender.last?.by),
    `Write port ${listens.join(' or ')}.`,
  )
}

/** What kept a Service from answering, as the end of the sentence "nginx asked scheduling, …". */
const FATES: Readonly<Record<Failure, string>> = {
  refused: 'where nothing listens: it has no ready endpoint',
  'connect-timeout': 'and could not connect in time',
  'tls-failed': 'and the TLS handshake failed',
  'read-timeout': 'which did not answer in time',
  reset: 'which closed the connection before it answered',
  unresolved: 'and the cluster has no Service of that name now',
  invalid: 'whose answer is not HTTP',
  'header-too-big': 'whose answer has a header larger than proxy_buffer_size',
}

/** Outcomes of a connection that stood: the next hop may itself have been waiting for somebody. */
const CONNECTED = new Set<Outcome>(['read-timeout', 'reset', 'invalid'])

function unreachable(scene: Scene, sender: Sender | undefined): Blame | null {
  if (!sender?.last) return null
  const { to, outcome } = sender.last
  if (outcome === 'answered' || outcome === 'abandoned') return null
  if (outcome === 'header-too-big') {
    return accuse(sender, `the header of the answer is larger than proxy_buffer_size: ${sender.who} drops the answer`)
  }
  const name = to.service ?? scene.named(to.host)?.name ?? null
  if (name === null) {
    return accuse(sender, `${sender.who} sends to ${to.host}:${to.port}, ${factOfNobody(to, outcome)}`)
  }
  const otherProtocol = CONNECTED.has(outcome) ? askedByAnother(scene, sender, sender.last) : null
  if (otherProtocol !== null) return otherProtocol
  const next = scene.next(sender)
  const waiting = CONNECTED.has(outcome) && next !== undefined && triesOf(next).length > 0
  return waiting ? null : accuseService(scene, name, `${sender.who} asked ${name}, ${FATES[outcome]}`, 'replicas')
}

/** A Service that speaks another protocol than it was asked by. */
function askedByAnother(scene: Scene, sender: Sender, { to, request }: Try): Blame | null {
  const service = scene.service(to.service)
  const asked =
    request.cgi?.protocol ?? (request.isMemcached ? 'memcached' : request.httpVersion === '2.0' ? 'grpc' : 'http')
  if (service === undefined || service.stub.speaks === asked) return null
  const [speaks, by] = [PROTOCOL_NAMES[service.stub.speaks], PROTOCOL_NAMES[asked]]
  return accuse(sender, `${sender.who} asks ${service.name} by ${by}, which speaks ${speaks}`, sender.last?.by)
}

function factOfNobody({ address }: Destination, outcome: Outcome): string {
  if (outcome === 'unresolved') return 'a name that the cluster does not know'
  return LOOPBACK.test(address ?? '') ? 'its own pod, where nothing listens' : 'which is no Service of the chain'
}
