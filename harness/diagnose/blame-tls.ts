import { portOf } from '../chain/service.ts'
import { reasonText } from '../trace/reason-text.ts'
import { accuse, accuseService, advise } from './accuse.ts'
import type { Blame, BlameCase } from './blame-case.ts'
import type { Scene, Sender } from './scene.ts'

/** nginx's TLS handshake with its upstream came to nothing: nginx asks for what the other side is not, or that one's time is over. */
export const nginxHandshakeFailed: BlameCase = (scene) => {
  const { nginx } = scene
  if (nginx?.last?.outcome !== 'tls-failed') return null
  const name = nginx.last.to.service
  const reason = nginx.pass.reasons.findLast(({ kind }) => kind === 'handshake-failed')
  if (reason?.kind !== 'handshake-failed')
    return accuse(nginx, `nginx and ${name ?? nginx.last.to.host} come to no TLS`)
  if (reason.fault.kind === 'plain') {
    const blame = accuse(nginx, `nginx speaks TLS to ${name ?? nginx.last.to.host}, which speaks plain HTTP`)
    const { rule } = blame
    return advise(blame, rule?.text.includes('https://') ? `Write ${rule.text.replace('https://', 'http://')}.` : null)
  }
  if (reason.fault.kind === 'unverified' && reason.fault.code === EXPIRED && name !== null) {
    return accuseService(scene, name, `the certificate of ${name} has expired`, 'tls')
  }
  return accuse(nginx, reasonText(reason))
}

/** X509_V_ERR_CERT_HAS_EXPIRED */
const EXPIRED = 10

/** Plain HTTP is sent to a Service that speaks TLS, which closes the connection and notes no request. */
export const nginxSpokeNoTls: BlameCase = (scene) => spokeNoTls(scene, scene.nginx)
export const gatewaySpokeNoTls: BlameCase = (scene) => spokeNoTls(scene, scene.gateway)

function spokeNoTls(scene: Scene, sender: Sender | undefined): Blame | null {
  if (sender?.last?.outcome !== 'reset' || scene.next(sender) !== undefined) return null
  const service = scene.service(sender.last.to.service)
  if (service === undefined || (portOf(service, sender.last.to.port)?.tls ?? null) === null) return null
  const rule = sender.pass.decidedBy.to ?? sender.last.by
  const blame = accuse(sender, `${sender.who} speaks plain HTTP to ${service.name}, which speaks TLS`, rule)
  return advise(blame, rule?.text.includes('http://') ? `Write ${rule.text.replace('http://', 'https://')}.` : null)
}
