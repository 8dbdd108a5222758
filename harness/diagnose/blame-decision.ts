import { headerOfParam } from '../chain/cgi/cgi-message.ts'
import { headerValue } from '../chain/message.ts'
import { maskHeader, maskHeaders } from '../secrets/mask.ts'
import type { NearMissReason } from '../trace/reason.ts'
import { nearMissText } from '../trace/reason-text.ts'
import type { Exchange, Pass, Rule, Try } from '../trace/trace.ts'
import { accuse, accuseHop, advise, lineOf, noRoute, reasonsOn } from './accuse.ts'
import type { Blame, BlameCase } from './blame-case.ts'
import { isOwn404 } from './own-404.ts'
import { headerText, type Scene, type Sender } from './scene.ts'

/** The wrong location: what it did with the request afterwards is no longer the question. */
export const nginxTookAnotherLocation: BlameCase = (scene) => {
  const failed = scene.failed('nginx.location')
  if (failed === undefined || !scene.nginx) return null
  return accuseLocation(scene.nginx, `, not ${failed.expected}`)
}

/**
 * A request in the wrong place, by a location with a modifier: such a one is written to win over the plain prefixes, so as
 * long as nothing says that it is the right one, it is the line that took the request away.
 */
export const nginxLocationTookOver: BlameCase = (scene) => {
  const { nginx } = scene
  if (!nginx || scene.passed('nginx.location') || !/^(=|~|\^~)/.test(nginx.pass.matched ?? '')) return null
  const misplaced = scene.failed('nginx.to') ?? (scene.gateway ? undefined : scene.failed('gateway', 'backend.service'))
  return misplaced === undefined ? null : accuseLocation(nginx, '')
}

/** What kept a location from a URI that it may have been meant for. */
const NARROWED = new Set<NearMissReason['kind']>(['narrower', 'slash-missing', 'case-differs', 'not-exact'])

/** The request came out in the location for everything else, and one that looks like it did not take it. */
export const nginxLocationTooNarrow: BlameCase = (scene) => {
  const { nginx } = scene
  if (!nginx || scene.passed('nginx.location') || !isCatchAll(nginx.pass.matched)) return null
  const near = nginx.pass.nearMisses.find(({ because }) => NARROWED.has(because.kind))
  const isMisplaced = nginx.last ? scene.isMisplaced(nginx.last) : scene.answerWrong
  if (near === undefined || !isMisplaced) return null
  const chosen = nginx.pass.matched === null ? 'no location' : `location ${nginx.pass.matched}`
  return accuse(nginx, `nginx chose ${chosen}: ${nearMissText(near.because)}`, near.rule)
}

function isCatchAll(matched: string | null): boolean {
  return matched === null || matched === '/'
}

function accuseLocation(nginx: Sender, notThis: string): Blame {
  const { matched: label, ledBy, decidedBy } = nginx.pass
  const chosen = label === null ? 'no location' : `location ${label}`
  // What decided the pass is what the location did; what led there is another line.
  const rule = (label === null ? null : (ledBy ?? decidedBy.location)) ?? decidedBy.whole
  return accuse(nginx, withReason(`nginx chose ${chosen}${notThis}`, nginx.pass, rule), rule)
}

/** Upgrade is a hop-by-hop header (RFC 9110 section 7.8): a proxy that is not told to pass it on ends the WebSocket. */
export const nginxDroppedUpgrade: BlameCase = (scene) => {
  const { nginx } = scene
  if (!nginx?.last || scene.trace.response?.status === 101) return null
  const got = headerValue(nginx.exchange.received.headers, 'upgrade')
  const sent = nginx.last.request
  if (got === undefined) return null
  if (headerValue(sent.headers, 'upgrade') === undefined) {
    const fact = `nginx got Upgrade: ${got} and does not send it on: it needs proxy_set_header Upgrade`
    return advise(accuse(nginx, fact, lineOf(nginx.pass, 'upgrade') ?? undefined), UPGRADE_LINES)
  }
  if (!/\bupgrade\b/i.test(headerText(sent, 'connection'))) {
    const fact = 'nginx sends Upgrade on without Connection: upgrade, so it means nothing to the next hop'
    return advise(accuse(nginx, fact, lineOf(nginx.pass, 'connection') ?? undefined), UPGRADE_LINES)
  }
  if (sent.httpVersion === '1.1') return null
  const fact = 'nginx sends HTTP/1.0, which knows no Upgrade: it needs proxy_http_version 1.1'
  return advise(accuse(nginx, fact), UPGRADE_LINES)
}

/** What a location for WebSockets needs (nginx.org/en/docs/http/websocket.html). */
const UPGRADE_LINES =
  'Write proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; in this location.'

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
  return accuseSent(nginx, undefined)
}

/** The gateway got what it should and chose another route for it, or none. */
export const gatewayTookAnotherRoute: BlameCase = (scene) => {
  const failed = scene.failed('gateway.route')
  if (failed === undefined || !scene.gateway) return null
  const { matched } = scene.gateway.pass
  if (matched === null) return noRoute(scene.gateway)
  const wanted = failed.expected === 'none' ? 'where none should match' : `not ${failed.expected}`
  return accuse(scene.gateway, `the gateway chose route ${matched}, ${wanted}`)
}

function sentElse(scene: Scene, sender: Sender): Blame | null {
  const { hop, last, pass } = sender
  if (!last) return null
  const sends = scene.failed(`${hop}.sends`)
  if (sends !== undefined) return accuseSent(sender, sends.expected)
  const wrongTo = scene.failed(`${hop}.to`)
  const wanted = scene.wantedService
  if (wrongTo === undefined && wanted !== null && scene.isMisplaced(last) && (hop === 'gateway' || !scene.gateway)) {
    return accuse(sender, sentElsewhere(scene, sender.who, last, wanted), pass.ledBy ?? pass.decidedBy.to ?? last.by)
  }
  if (wrongTo !== undefined) return accuse(sender, sentElsewhere(scene, sender.who, last, wrongTo.expected))
  const next = scene.next(sender)
  if (next !== undefined) {
    const at = next.hop
    if (scene.failed(at)) return accuse(sender, `${sender.who} sends it to ${last.to.service}, which it must not reach`)
    const received = scene.failed(`${at}.receives`, 'backend.service')
    // What the backend gets through the gateway is for the gateway to answer for.
    if (received?.what.startsWith(at))
      return accuseSent(sender, received.what === `${at}.receives` ? received.expected : undefined)
  }
  const param = wrongParam(scene, sender)
  if (param !== null) return param
  const changed = changedMessage(scene, sender)
  if (changed !== null) return changed
  if (hop === 'nginx' && scene.failed('gateway') && !scene.gateway && last.outcome === 'answered') {
    return accuse(sender, `nginx sends it to ${last.to.service ?? last.to.host}, past the gateway`)
  }
  return wrongHeader(scene, sender, next)
}

/** A parameter that an application got wrong: the line that gives it, or that keeps it from being inherited. */
function wrongParam(scene: Scene, sender: Sender): Blame | null {
  const [name] = scene.failedParams
  const params = sender.last?.request.cgi?.params
  if (name === undefined || params === undefined) return null
  const value = params.findLast(([key]) => key === name)?.[1]
  const told = value === undefined ? `no ${name}` : `${name} "${maskHeader(headerOfParam(name), value)}"`
  const fact = `${sender.who} tells ${told}`
  const line = lineOf(sender.pass, name)
  if (line === null) return accuse(sender, fact)
  return accuse(
    sender,
    line.drops ? `${fact}: a block with parameters of its own inherits none of those around it` : fact,
    line,
  )
}

/** The method or the body that a backend got wrong: the first hop that changed it did so. */
function changedMessage(scene: Scene, { who, exchange, pass, last }: Sender): Blame | null {
  if (!last) return null
  const [got, sent] = [exchange.received, last.request]
  if (scene.failed('backend.method') && got.method !== sent.method) {
    const rule = pass.decidedBy.method ?? last.by
    return accuseHop(exchange, `${who} got ${got.method} and sends ${sent.method}`, rule)
  }
  if (scene.failed('backend.body') && got.body !== sent.body) {
    const rule = pass.decidedBy.body ?? last.by
    return accuseHop(
      exchange,
      `${who} got a body of ${got.body.length} bytes and sends ${sent.body.length} other ones`,
      rule,
    )
  }
  return null
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

/** Headers to which each hop adds its own value (RFC 7239 section 5.2, RFC 9110 section 7.6.3). */
const LISTS = new Set(['x-forwarded-for', 'forwarded', 'via'])

function wrongHeader(scene: Scene, sender: Sender, next: Exchange | undefined): Blame | null {
  const direct = next === undefined ? [] : scene.failedHeaders(next.hop)
  // Through the gateway, a header at the backend is nginx's doing where the gateway only passed it on.
  const through = sender.hop === 'nginx' && scene.gateway ? scene.failedHeaders('backend') : []
  const wrong = [...direct, ...through].find(
    (one) => madeFrom(scene, sender, one) !== one || isOurs(scene, sender, one),
  )
  const name = wrong === undefined ? undefined : madeFrom(scene, sender, wrong)
  if (name === undefined || !sender.last) return null
  const sent = headerText({ headers: maskHeaders(sender.last.request.headers) }, name)
  const fact = `${sender.who} sends ${sent === '' ? `no ${name}` : `${name}: ${sent}`}`
  const line = lineOf(sender.pass, name) ?? (sent === '' ? sender.pass.decidedBy.requestHeaders : null)
  if (line === null) return accuse(sender, fact)
  const lost = `a location with a proxy_set_header of its own inherits none of those around it, such as ${name}`
  if (!('drops' in line) || !line.drops) return accuse(sender, fact, line)
  return advise(accuse(sender, `${fact}: ${lost}`, line), `Write the line for ${name} in this block, too.`)
}

/** The gateway tells backends of the Host that it got: a wrong one is nginx's Host. */
function madeFrom({ gateway }: Scene, { hop, exchange, last }: Sender, name: string): string {
  if (hop !== 'nginx' || !gateway?.last || !last || name.toLowerCase() !== 'x-forwarded-host') return name
  const isHost = headerText(gateway.last.request, name) === headerText(gateway.exchange.received, 'host')
  return isHost && headerText(exchange.received, 'host') !== headerText(last.request, 'host') ? 'host' : name
}

/** Whether this sender gave the header the value that it has at the end. */
function isOurs(scene: Scene, { hop, exchange, last }: Sender, name: string): boolean {
  const { gateway, backend } = scene
  const changes = (from: Exchange['received'] | undefined, to: Exchange['received'] | undefined): boolean => {
    if (from === undefined || to === undefined) return false
    const [before, after] = [headerText(from, name), headerText(to, name)]
    // A hop that adds itself to the list of hops leaves what it got as it is.
    return before !== after && !(LISTS.has(name.toLowerCase()) && before !== '' && after.startsWith(`${before}, `))
  }
  const gatewayChanges = changes(gateway?.exchange.received, backend?.received ?? gateway?.last?.request)
  if (hop === 'gateway') return gatewayChanges || !EDGE_HEADERS.has(name.toLowerCase()) || !scene.nginx
  if (!gateway || scene.failedHeaders('gateway').includes(name)) return true
  return !gatewayChanges && (changes(exchange.received, last?.request) || EDGE_HEADERS.has(name.toLowerCase()))
}

/**
 * "nginx got /api/x and sends /x to api-gateway: …", by the line that changed it.
 * @param expected what it should have sent, where a check says that
 */
function accuseSent(sender: Sender, expected: string | undefined): Blame {
  const { exchange, pass, last } = sender
  const target = last?.request.target ?? 'nothing'
  const to = last === undefined ? '' : ` to ${serviceOrHost(last)}`
  const altered = alters(sender)
  const rule = (altered ? pass.decidedBy.target : null) ?? last?.by ?? pass.decidedBy.whole
  const fact = altered
    ? `${sender.who} got ${exchange.received.target} and sends ${target}${to}`
    : `${sender.who} sends ${target} as it is${to}`
  const blame = accuse(sender, withReason(fact, pass, rule), rule)
  const isToStay = expected === undefined || expected === exchange.received.target
  return advise(blame, altered && isToStay ? withoutUriPart(pass, rule) : null)
}

/** `proxy_pass` as it leaves the target alone; null where it is not its URI part that changed the target. */
function withoutUriPart({ reasons }: Pass, rule: Rule | null): string | null {
  const replaced = reasons.find(({ kind }) => kind === 'prefix-replaced')
  if (rule === null || replaced?.kind !== 'prefix-replaced' || !rule.text.endsWith(replaced.part)) return null
  return `Leave "${replaced.part}" out: ${rule.text.slice(0, -replaced.part.length)};`
}

/** "nginx sends /x to frontend-nextjs: the address 10.43.185.219 is frontend-nextjs's, not api-gateway's". */
function sentElsewhere(scene: Scene, who: string, one: Try, expected: string): string {
  const { host, address, service } = one.to
  const fact = `${who} sends ${one.request.target} to ${serviceOrHost(one)}`
  return service !== null && host === address && scene.service(expected) !== undefined
    ? `${fact}: the address ${address} is ${service}'s, not ${expected}'s`
    : `${fact}, not to ${expected}`
}

function serviceOrHost({ to }: Try): string {
  return to.service ?? `${to.host}:${to.port}`
}

/** The first thing that a line did is what it is there for. */
function withReason(fact: string, pass: Pass, rule: Rule | null): string {
  const [reason] = reasonsOn(pass, rule)
  return reason === undefined ? fact : `${fact}: ${reason}`
}

function alters({ exchange, last }: Sender): boolean {
  return last !== undefined && last.request.target !== exchange.received.target
}

/** Somebody behind nginx did not know the target. */
function isLost(scene: Scene): boolean {
  const { status } = scene
  return (status === 404 || status === 405) && !isOwn404(scene)
}
