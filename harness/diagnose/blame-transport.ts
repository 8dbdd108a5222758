import type { Outcome } from '../chain/trace.ts'
import { accuse, accuseService } from './accuse.ts'
import type { Blame, BlameCase } from './blame.ts'
import type { Scene, Sender } from './scene.ts'

/** A ClusterIP that was re-used: the request arrives, in the wrong Service, and nothing in between can notice. */
export const pinOfAnother: BlameCase = (scene) => {
  const to = scene.nginx?.forward?.to
  const then = scene.ownerThen(to?.address ?? null)
  if (!scene.nginx || !to || then === null || to.service === null || then === to.service) return null
  return accuse(
    scene.nginx.exchange,
    `${to.address} was ${then}'s when the site file was written; now ${to.service} answers there`,
  )
}

/** A ClusterIP that no Service has any more: packets to it vanish, and nginx waits for its connect timeout. */
export const pinOfNobody: BlameCase = (scene) => {
  const to = scene.nginx?.forward?.to
  if (!scene.nginx || !to || to.service !== null || to.address === null) return null
  const then = scene.ownerThen(to.address) ?? (to.host === to.address ? null : (scene.named(to.host)?.name ?? null))
  const history = then === null ? '' : ` was ${then}'s when the site file was written;`
  return accuse(
    scene.nginx.exchange,
    then === null ? `no Service has the address ${to.address}` : `${to.address}${history} no Service has it now`,
  )
}

/** A port on which the Service does not listen, although the Service itself is the right one. */
export const nginxWrongPort: BlameCase = (scene) => wrongPort(scene, scene.nginx)
export const gatewayWrongPort: BlameCase = (scene) => wrongPort(scene, scene.gateway)

/**
 * nginx's own limit ended the wait while the gateway was in its time: it had asked a backend, and left when nginx did. A
 * gateway that had given up on the backend by then answers for itself, or names the backend.
 */
export const nginxGaveUp: BlameCase = ({ nginx, gateway, backend }) => {
  if (nginx?.forward?.outcome !== 'read-timeout' || !gateway || gateway.forward || !backend) return null
  const line = nginx.exchange.decidedBy?.readTimeout ?? null
  const limit = line === null ? 'the 60s that proxy_read_timeout is where no line sets it' : line.text
  return accuse(
    nginx.exchange,
    `nginx gave up after ${limit}, while the gateway still had time to wait for ${backend.service}`,
    line ?? nginx.exchange.rule,
  )
}

/** Nobody answered, and where it was sent is right: whoever should listen there is to blame, not who asked. */
export const nginxUnreachable: BlameCase = (scene) => unreachable(scene, scene.nginx)
export const gatewayUnreachable: BlameCase = (scene) => unreachable(scene, scene.gateway)

function wrongPort(scene: Scene, sender: Sender | undefined): Blame | null {
  const to = sender?.forward?.to
  if (!sender || !to || sender.forward?.outcome === 'answered') return null
  const service = scene.service(to.service) ?? scene.named(to.host)
  if (service === undefined || service.port === to.port) return null
  return accuse(
    sender.exchange,
    `${sender.who} sends to port ${to.port} of ${service.name}, which listens on ${service.port}`,
  )
}

/** What kept a Service from answering, as the end of the sentence "nginx asked scheduling, …". */
const FATES: Readonly<Record<Exclude<Outcome, 'answered'>, string>> = {
  refused: 'where nothing listens: it has no ready endpoint',
  'connect-timeout': 'and could not connect in time',
  'read-timeout': 'which did not answer in time',
  reset: 'which closed the connection before it answered',
  unresolved: 'and the cluster has no Service of that name now',
  invalid: 'whose answer is not HTTP',
  'header-too-big': 'whose answer has a header larger than proxy_buffer_size',
}

/** Outcomes of a connection that stood: the next hop may itself have been waiting for somebody. */
const CONNECTED = new Set<Outcome>(['read-timeout', 'reset', 'invalid'])

function unreachable(scene: Scene, sender: Sender | undefined): Blame | null {
  if (!sender?.forward || sender.forward.outcome === 'answered') return null
  const { to, outcome } = sender.forward
  if (outcome === 'header-too-big') {
    return accuse(
      sender.exchange,
      `the header of the answer is larger than proxy_buffer_size: ${sender.who} drops the answer`,
    )
  }
  const name = to.service ?? scene.named(to.host)?.name ?? null
  if (name === null) {
    const fact = outcome === 'unresolved' ? 'a name that the cluster does not know' : 'which is no Service of the chain'
    return accuse(sender.exchange, `${sender.who} sends to ${to.host}:${to.port}, ${fact}`)
  }
  const waiting = CONNECTED.has(outcome) && (scene.next(sender)?.forwards.length ?? 0) > 0
  return waiting ? null : accuseService(name, `${sender.who} asked ${name}, ${FATES[outcome]}`)
}
