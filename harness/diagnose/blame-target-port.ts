import { portOf, reachesItsPods } from '../chain/service.ts'
import { accuseService, advise } from './accuse.ts'
import type { Blame, BlameCase } from './blame-case.ts'
import type { Scene, Sender } from './scene.ts'

/** A Service that sends to a port on which its pods do not listen: they refuse what it sends, and who asked did right. */
export const nginxMetWrongTargetPort: BlameCase = (scene) => wrongTargetPort(scene, scene.nginx)
export const gatewayMetWrongTargetPort: BlameCase = (scene) => wrongTargetPort(scene, scene.gateway)

function wrongTargetPort(scene: Scene, sender: Sender | undefined): Blame | null {
  if (sender?.last?.outcome !== 'refused') return null
  const { to } = sender.last
  const service = scene.service(to.service) ?? scene.named(to.host)
  const asked = service === undefined ? null : portOf(service, to.port)
  if (service === undefined || asked === null || reachesItsPods(asked)) return null
  const { name } = service
  const { targetPort, listens } = asked
  const because = `${sender.who} asked ${name}, which sends to port ${targetPort} of its pods; they listen on ${listens}`
  return advise(accuseService(scene, name, because, 'targetPort'), `Write targetPort: ${listens}.`)
}
