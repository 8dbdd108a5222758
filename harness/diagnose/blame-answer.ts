import { lastPass } from '../trace/reading.ts'
import type { ReasonFact } from '../trace/reason.ts'
import { reasonText } from '../trace/reason-text.ts'
import type { Pass } from '../trace/trace.ts'
import { accuse, accuseHop, accuseService, lineOf, noRoute, reasonsOn } from './accuse.ts'
import type { BlameCase } from './blame-case.ts'
import { isOwn404 } from './own-404.ts'
import { headerText } from './scene.ts'

/** nginx answered without asking anybody: a return, a redirect, a limit. */
export const nginxAnswered: BlameCase = (scene) => {
  if (!scene.nginx || scene.nginx.last) return null
  if (!scene.answerWrong && !scene.failed('gateway', 'backend', 'nginx.sends', 'nginx.to')) return null
  return accuse(scene.nginx, answeredItself('nginx', scene.status, scene.nginx.pass))
}

/** The pass came to the status that was expected, and an `error_page` made another one of it. */
export const errorPageReplacedAnswer: BlameCase = (scene) => {
  const { nginx, nextPass, status, trace } = scene
  if (!nginx || !nextPass || status === null || scene.failed('status')?.expected !== String(status)) return null
  const rule = nextPass.ledBy
  const [reason] = reasonsOn(nginx.pass, rule)
  const to = nginx.last?.response?.status === status ? nginx.last.to : null
  const came = to === null ? `came to ${status}` : `got ${status} from ${to.service ?? to.host}`
  const fact = `nginx ${came} and answers ${trace.response?.status ?? 'nothing'}`
  return accuse(nginx, reason === undefined ? fact : `${fact}: ${reason}`, rule ?? nginx.pass.decidedBy.whole)
}

/** nginx had the expected answer in its hands, and gave that of one more try. */
export const nginxReplacedAnswer: BlameCase = (scene) => {
  const expected = scene.failed('status')?.expected
  const { nginx, trace } = scene
  const had = nginx?.pass.tries.find(({ response }) => response !== null && String(response.status) === expected)
  if (!nginx || !had) return null
  const rule = nginx.pass.decidedBy.whole
  const [reason] = reasonsOn(nginx.pass, rule)
  const fact = `nginx got ${expected} from ${had.to.service ?? had.to.host} and answers ${trace.response?.status ?? 'nothing'}`
  return accuse(nginx, reason === undefined ? fact : `${fact}: ${reason}`, rule)
}

/** Headers that a client shows who it is by. */
const CREDENTIALS = ['authorization', 'x-api-key', 'cookie']

/** Somebody behind nginx asked for credentials that the client sent, and nginx did not pass on. */
export const nginxDroppedCredentials: BlameCase = ({ nginx, status }) => {
  if (!nginx?.last || (status !== 401 && status !== 403)) return null
  const { received } = nginx.exchange
  const sent = nginx.last.request
  const lost = CREDENTIALS.find((name) => {
    const had = headerText(received, name)
    return had !== '' && had !== headerText(sent, name)
  })
  if (lost === undefined) return null
  const fact = `nginx got ${lost} and ${headerText(sent, lost) === '' ? 'does not send it on' : 'sends another'}`
  return accuse(nginx, fact, lineOf(nginx.pass, lost) ?? nginx.last.by)
}

/** `auth_request` asked, and got no for an answer: the line that asks keeps the request out. */
export const keptOutByAnswer: BlameCase = ({ nginx, subrequest, status }) => {
  const { by = null, hasRefused = false } = subrequest ?? {}
  if (!nginx?.last || by === null || !hasRefused || (status !== 401 && status !== 403)) return null
  const { host, service } = nginx.last.to
  return accuse(nginx, `${by.text} asked ${service ?? host}, which answered ${status}: the request may not pass`, by)
}

/** The gateway answered without asking anybody: no route, not allowed, too large, too often. */
export const gatewayAnswered: BlameCase = (scene) => {
  if (!scene.gateway || scene.gateway.last) return null
  if (!scene.answerWrong && !scene.failed('backend', 'gateway.sends', 'gateway.to')) return null
  const { exchange, pass } = scene.gateway
  const status = exchange.answered?.status ?? null
  if (pass.matched === null && status === 404) return noRoute(scene.gateway)
  return accuse(scene.gateway, answeredItself('the gateway', status, pass))
}

/** A backend's 404 for a path it never had: the hop that made that path, or chose that backend for it, is to blame. */
export const servesNothing: BlameCase = (scene) => {
  const { backend, gateway, services } = scene
  if (!gateway?.last || backend?.answered?.status !== 404 || isOwn404(scene)) return null
  const { target } = backend.received
  const got = gateway.exchange.received.target
  if (got !== target) {
    return accuse(gateway, `the gateway got ${got} and sends ${target}, which ${backend.service} does not serve`)
  }
  const other = services.find(({ stub }) => stub.serves?.some((prefix) => target.startsWith(prefix)))
  if (other === undefined) return null
  return accuse(
    gateway,
    `the gateway sends ${target} to ${backend.service}, which does not serve it: ${other.name} does`,
  )
}

/** Answers that the gateway gives so that a backend does not have to. */
const GUARD_STATUSES = new Set(['401', '403', '429'])

/** The gateway should have stopped the request, and a backend answered it. */
export const letThrough: BlameCase = (scene) => {
  const expected = scene.failed('status')?.expected
  if (!scene.gateway || !scene.backend || expected === undefined || !GUARD_STATUSES.has(expected)) return null
  const open = scene.gateway.pass.reasons.find((reason) => reason.kind === 'public-path')
  const rule = open?.kind === 'public-path' ? { text: open.line, span: open.span } : undefined
  const fact = `the gateway lets it through to ${scene.backend.service}, where ${expected} was expected`
  return accuse(scene.gateway, open === undefined ? fact : `${fact}: ${reasonText(open)}`, rule)
}

/** Nothing on the way is wrong: the answer is that of the hop that made it. */
export const answeredByBackend: BlameCase = (scene) => {
  if (!scene.answerWrong) return null
  const { answerer, trace } = scene
  const sender = scene.gateway ?? scene.nginx
  const service = sender?.last?.to.service ?? null
  // Where nothing records what the backend does, the last one that was asked is the one that answered.
  if (sender?.last?.outcome === 'answered' && service !== null && !scene.next(sender)) {
    return accuseService(scene, service, `${service} answered ${trace.response?.status ?? 'nothing'}`)
  }
  if (answerer === undefined) return null
  const status = answerer.answered?.status ?? null
  return accuseHop(
    answerer,
    answeredItself(answerer.service ?? answerer.hop, status, lastPass(answerer)),
    scene.ruleOf(answerer),
  )
}

/** What says why there is no answer of the request's own, whichever line stands beside it. */
const DECISIVE: ReadonlySet<ReasonFact['kind']> = new Set(['head-refused', 'body-unfinished'])

/** The last thing that the rule did is the answer. */
function answeredItself(who: string, status: number | null, pass: Pass | undefined): string {
  const refused = pass?.reasons.find(({ kind }) => DECISIVE.has(kind))
  const reason = refused ? reasonText(refused) : pass && reasonsOn(pass, pass.decidedBy.whole).at(-1)
  const fact = status === null ? `${who} closed the connection without an answer` : `${who} answered ${status} itself`
  return reason === undefined ? fact : `${fact}: ${reason}`
}
