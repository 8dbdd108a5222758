import type { Exchange } from '../chain/trace.ts'
import { accuse, accuseService, noRoute, reasonsOn } from './accuse.ts'
import type { BlameCase } from './blame.ts'
import { maskHeaders } from './mask.ts'
import { isOwn404 } from './own-404.ts'
import { headerText } from './scene.ts'

/** nginx answered without asking anybody: a return, a redirect, a limit. */
export const nginxAnswered: BlameCase = (scene) => {
  if (!scene.nginx || scene.nginx.forward) return null
  if (!scene.answerWrong && !scene.failed('gateway', 'backend', 'nginx.sends', 'nginx.to')) return null
  return accuse(scene.nginx.exchange, answeredItself('nginx', scene.nginx.exchange))
}

/** nginx had the expected answer in its hands and gave another one: an `error_page`, or one more try. */
export const nginxReplacedAnswer: BlameCase = (scene) => {
  const expected = scene.failed('status')?.expected
  const { exchange } = scene.nginx ?? {}
  const had = exchange?.forwards.find(({ response }) => response !== null && String(response.status) === expected)
  if (!exchange || !had) return null
  const rule = exchange.decidedBy?.location ?? exchange.rule
  const [reason] = reasonsOn(exchange, rule)
  const fact = `nginx got ${expected} from ${had.to.service ?? had.to.host} and answers ${exchange.answered?.status ?? 'nothing'}`
  return accuse(exchange, reason === undefined ? fact : `${fact}: ${reason}`, rule)
}

/** The gateway answered without asking anybody: no route, not allowed, too large, too often. */
export const gatewayAnswered: BlameCase = (scene) => {
  if (!scene.gateway || scene.gateway.forward) return null
  if (!scene.answerWrong && !scene.failed('backend', 'gateway.sends', 'gateway.to')) return null
  const { exchange } = scene.gateway
  if (exchange.matched === null && exchange.answered?.status === 404) return noRoute(exchange)
  return accuse(exchange, answeredItself('the gateway', exchange))
}

/** A backend's 404 for a path it never had: whoever made that path, or chose that backend for it, is to blame. */
export const servesNothing: BlameCase = (scene) => {
  const { backend, gateway, services } = scene
  if (!gateway?.forward || backend?.answered?.status !== 404 || isOwn404(scene)) return null
  const { target } = backend.received
  const got = gateway.exchange.received.target
  if (got !== target) {
    return accuse(
      gateway.exchange,
      `the gateway got ${got} and sends ${target}, which ${backend.service} does not serve`,
    )
  }
  const other = services.find(({ stub }) => stub.serves?.some((prefix) => target.startsWith(prefix)))
  if (other === undefined) return null
  return accuse(
    gateway.exchange,
    `the gateway sends ${target} to ${backend.service}, which does not serve it: ${other.name} does`,
  )
}

/** Answers that the gateway gives so that a backend does not have to. */
const GUARD_STATUSES = new Set(['401', '403', '429'])

/** The gateway should have stopped the request, and a backend answered it. */
export const letThrough: BlameCase = (scene) => {
  const expected = scene.failed('status')?.expected
  if (!scene.gateway || !scene.backend || expected === undefined || !GUARD_STATUSES.has(expected)) return null
  return accuse(
    scene.gateway.exchange,
    `the gateway lets it through to ${scene.backend.service}, where ${expected} was expected`,
  )
}

/** A header of the answer that a hop changed on the way back; the hop nearest to the client had the last word. */
export const answerHeaderChanged: BlameCase = (scene) => {
  if (scene.failed('status', 'body')) return null
  for (const sender of [scene.nginx, scene.gateway]) {
    const before = sender?.forward?.response
    const after = sender?.exchange.answered
    if (!sender || !before || !after) continue
    const name = scene.failedHeaders('client').find((one) => headerText(before, one) !== headerText(after, one))
    if (name === undefined) continue
    const words = ({ headers }: typeof before): string => {
      const value = headerText({ headers: maskHeaders(headers) }, name)
      return value === '' ? `no ${name}` : `${name}: ${value}`
    }
    return accuse(sender.exchange, `${sender.who} got ${words(before)} and answers ${words(after)}`)
  }
  return null
}

/** A backend names its own address in a redirect; where the client cannot go there, nginx is there to put it right. */
export const redirectLeavesTheSite: BlameCase = (scene) => {
  const { nginx } = scene
  if (!nginx?.forward?.response || !scene.failedHeaders('client').some((name) => name.toLowerCase() === 'location'))
    return null
  const { to, response } = nginx.forward
  const location = headerText(response, 'location')
  if (![to.host, to.address, to.service].some((name) => name !== null && name !== '' && location.includes(`//${name}`)))
    return null
  return accuse(
    nginx.exchange,
    `nginx passes on the redirect to ${location}, an address inside: it needs proxy_redirect`,
  )
}

/** Nothing on the way is wrong: the answer is that of the hop that made it. */
export const answeredByBackend: BlameCase = (scene) => {
  if (!scene.answerWrong) return null
  const { answerer, trace } = scene
  const sender = scene.gateway ?? scene.nginx
  const service = sender?.forward?.to.service ?? null
  // Where nothing records what the backend does, the last one that was asked is the one that answered.
  if (sender?.forward?.outcome === 'answered' && service !== null && !scene.next(sender)) {
    return accuseService(service, `${service} answered ${trace.response?.status ?? 'nothing'}`)
  }
  return answerer === undefined ? null : accuse(answerer, answeredItself(answerer.service ?? answerer.hop, answerer))
}

/** The last thing that the rule did is the answer. */
function answeredItself(who: string, exchange: Exchange): string {
  const reason = reasonsOn(exchange, exchange.rule).at(-1)
  const fact =
    exchange.answered === null
      ? `${who} closed the connection without an answer`
      : `${who} answered ${exchange.answered.status} itself`
  return reason === undefined ? fact : `${fact}: ${reason}`
}
