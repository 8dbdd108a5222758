import { headerValue } from '../chain/message.ts'
import type { Exchange, Forward, Rule } from '../chain/trace.ts'
import { accuse, noRoute, reasonsOn } from './accuse.ts'
import type { Blame, BlameCase } from './blame.ts'
import { maskHeaders } from './mask.ts'
import { isOwn404 } from './own-404.ts'
import { headerText, type Scene, type Sender } from './scene.ts'

/** The wrong location: what it did with the request afterwards is no longer the question. */
export const nginxTookAnotherLocation: BlameCase = (scene) => {
  const failed = scene.failed('nginx.location')
  if (failed === undefined || !scene.nginx) return null
  return accuseLocation(scene.nginx.exchange, `, not ${failed.expected}`)
}

/**
 * A request in the wrong place, by a location with a modifier: such a one is written to win over the plain prefixes, so as
 * long as nothing says that it is the right one, it is the line that took the request away.
 */
export const nginxLocationTookOver: BlameCase = (scene) => {
  const { nginx } = scene
  if (!nginx || scene.passed('nginx.location') || !/^(=|~|\^~)/.test(nginx.exchange.matched ?? '')) return null
  const misplaced = scene.failed('nginx.to') ?? (scene.gateway ? undefined : scene.failed('gateway', 'backend.service'))
  return misplaced === undefined ? null : accuseLocation(nginx.exchange, '')
}

function accuseLocation(exchange: Exchange, notThis: string): Blame {
  const label = exchange.matched
  const chosen = label === null ? 'no location' : `location ${label}`
  // The rule of the exchange is what the location did; what led there is another line.
  const rule = exchange.decidedBy?.location ?? exchange.rule
  return accuse(exchange, withReason(`nginx chose ${chosen}${notThis}`, exchange, rule), rule)
}

/** Upgrade is a hop-by-hop header (RFC 9110 section 7.8): a proxy that is not told to pass it on ends the WebSocket. */
export const nginxDroppedUpgrade: BlameCase = (scene) => {
  const { nginx } = scene
  if (!nginx?.forward || scene.trace.response?.status === 101) return null
  const got = headerValue(nginx.exchange.received.headers, 'upgrade')
  const sent = nginx.forward.request
  if (got === undefined) return null
  if (headerValue(sent.headers, 'upgrade') === undefined) {
    return accuse(
      nginx.exchange,
      `nginx got Upgrade: ${got} and does not send it on: it needs proxy_set_header Upgrade`,
      nginx.exchange.decidedBy?.headers.get('upgrade'),
    )
  }
  if (!/\bupgrade\b/i.test(headerText(sent, 'connection'))) {
    return accuse(
      nginx.exchange,
      'nginx sends Upgrade on without Connection: upgrade, so it means nothing to the next hop',
      nginx.exchange.decidedBy?.headers.get('connection'),
    )
  }
  if (sent.httpVersion === '1.1') return null
  return accuse(nginx.exchange, 'nginx sends HTTP/1.0, which knows no Upgrade: it needs proxy_http_version 1.1')
}

/** nginx sent another request than it should have, or sent it to somebody else. */
export const nginxSentElse: BlameCase = (scene) => (scene.nginx ? sentElse(scene, scene.nginx) : null)

/** Likewise the gateway. What reaches the backend is its doing. */
export const gatewaySentElse: BlameCase = (scene) => (scene.gateway ? sentElse(scene, scene.gateway) : null)

/**
 * nginx changed the target, and further down something went wrong that a target decides. As long as nothing says that
 * this is what nginx should send, it is the first hop to leave the way.
 */
export const nginxAlteredTarget: BlameCase = (scene) => {
  const { nginx } = scene
  if (!nginx || !alters(nginx) || scene.passed('nginx.sends', 'gateway.receives')) return null
  const misled = scene.failed(
    'gateway.route',
    'gateway.sends',
    'gateway.to',
    'gateway',
    'backend',
    'backend.receives',
    'backend.service',
  )
  if (misled === undefined && !isLost(scene)) return null
  return accuseSent(nginx)
}

/** The gateway got what it should and chose another route for it, or none. */
export const gatewayTookAnotherRoute: BlameCase = (scene) => {
  const failed = scene.failed('gateway.route')
  if (failed === undefined || !scene.gateway) return null
  const { exchange } = scene.gateway
  if (exchange.matched === null) return noRoute(exchange)
  const wanted = failed.expected === 'none' ? 'where none should match' : `not ${failed.expected}`
  return accuse(exchange, `the gateway chose route ${exchange.matched}, ${wanted}`)
}

function sentElse(scene: Scene, sender: Sender): Blame | null {
  const { hop, exchange, forward } = sender
  if (!forward) return null
  if (scene.failed(`${hop}.sends`)) return accuseSent(sender)
  const wrongTo = scene.failed(`${hop}.to`)
  if (wrongTo !== undefined) return accuse(exchange, sentElsewhere(scene, sender.who, forward, wrongTo.expected))
  const next = scene.next(sender)
  if (next !== undefined) {
    const at = next.hop
    if (scene.failed(at))
      return accuse(exchange, `${sender.who} sends it to ${forward.to.service}, which it must not reach`)
    const received = scene.failed(`${at}.receives`, 'backend.service', 'backend.method', 'backend.body')
    // What the backend gets through the gateway is for the gateway to answer for.
    if (received?.what.startsWith(at)) return accuseSent(sender)
  }
  if (hop === 'nginx' && scene.failed('gateway') && !scene.gateway && forward.outcome === 'answered') {
    return accuse(exchange, `nginx sends it to ${forward.to.service ?? forward.to.host}, past the gateway`)
  }
  return wrongHeader(scene, sender, next)
}

/** Headers that a reverse proxy at the edge is there to set: nobody behind it knows what they should be. */
const EDGE_HEADERS = new Set([
  'host',
  'x-real-ip',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'upgrade',
  'connection',
])

function wrongHeader(scene: Scene, sender: Sender, next: Exchange | undefined): Blame | null {
  const direct = next === undefined ? [] : scene.failedHeaders(next.hop)
  // Through the gateway, a header at the backend is nginx's doing where the gateway only passed it on.
  const through = sender.hop === 'nginx' && scene.gateway ? scene.failedHeaders('backend') : []
  const name = [...direct, ...through].find((one) => isOurs(scene, sender, one))
  if (name === undefined || !sender.forward) return null
  const sent = headerText({ headers: maskHeaders(sender.forward.request.headers) }, name)
  const fact = `${sender.who} sends ${sent === '' ? `no ${name}` : `${name}: ${sent}`}`
  const line = sender.exchange.decidedBy?.headers.get(name.toLowerCase())
  if (line === undefined) return accuse(sender.exchange, fact)
  const lost = `a location with a proxy_set_header of its own inherits none of those around it, such as ${name}`
  return accuse(sender.exchange, line.drops ? `${fact}: ${lost}` : fact, { text: line.text, span: line.span })
}

/** Whether this sender gave the header the value that it has at the end. */
function isOurs(scene: Scene, { hop, exchange, forward }: Sender, name: string): boolean {
  const { gateway, backend } = scene
  const changes = (from: Exchange['received'] | undefined, to: Exchange['received'] | undefined): boolean =>
    from !== undefined && to !== undefined && headerText(from, name) !== headerText(to, name)
  const gatewayChanges = changes(gateway?.exchange.received, backend?.received ?? gateway?.forward?.request)
  if (hop === 'gateway') return gatewayChanges || !EDGE_HEADERS.has(name.toLowerCase()) || !scene.nginx
  if (!gateway || scene.failedHeaders('gateway').includes(name)) return true
  return !gatewayChanges && (changes(exchange.received, forward?.request) || EDGE_HEADERS.has(name.toLowerCase()))
}

/** "nginx got /api/x and sends /x to api-gateway: …", by the line that changed it. */
function accuseSent(sender: Sender): Blame {
  const { exchange, forward } = sender
  const target = forward?.request.target ?? 'nothing'
  const to = forward === undefined ? '' : ` to ${serviceOrHost(forward)}`
  const altered = alters(sender)
  const rule = (altered ? exchange.decidedBy?.target : null) ?? exchange.rule
  const fact = altered
    ? `${sender.who} got ${exchange.received.target} and sends ${target}${to}`
    : `${sender.who} sends ${target} as it is${to}`
  return accuse(exchange, withReason(fact, exchange, rule), rule)
}

/** "nginx sends /x to frontend-nextjs: the address 10.43.185.219 is frontend-nextjs's, not api-gateway's". */
function sentElsewhere(scene: Scene, who: string, forward: Forward, expected: string): string {
  const { host, address, service } = forward.to
  const fact = `${who} sends ${forward.request.target} to ${serviceOrHost(forward)}`
  return service !== null && host === address && scene.service(expected) !== undefined
    ? `${fact}: the address ${address} is ${service}'s, not ${expected}'s`
    : `${fact}, not to ${expected}`
}

function serviceOrHost({ to }: Forward): string {
  return to.service ?? `${to.host}:${to.port}`
}

/** The first thing that a line did is what it is there for. */
function withReason(fact: string, exchange: Exchange, rule: Rule | null): string {
  const [reason] = reasonsOn(exchange, rule)
  return reason === undefined ? fact : `${fact}: ${reason}`
}

function alters({ exchange, forward }: Sender): boolean {
  return forward !== undefined && forward.request.target !== exchange.received.target
}

/** Somebody behind nginx did not know the target. */
function isLost(scene: Scene): boolean {
  const status = scene.trace.response?.status
  return (status === 404 || status === 405) && !isOwn404(scene)
}
