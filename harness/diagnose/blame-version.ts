import { accuse } from './accuse.ts'
import type { Blame, BlameCase } from './blame-case.ts'
import type { Scene, Sender } from './scene.ts'

/** Answers of a server that does not speak the version it was asked in (RFC 9110 sections 15.5.22 and 15.6.6). */
const VERSION_REFUSED = new Set([426, 505])

/** A hop spoke another HTTP version than the next one wants. nginx speaks 1.0 unless `proxy_http_version` says otherwise. */
export const nginxSpokeAnotherVersion: BlameCase = (scene) => spokeAnotherVersion(scene, scene.nginx)
export const gatewaySpokeAnotherVersion: BlameCase = (scene) => spokeAnotherVersion(scene, scene.gateway)

function spokeAnotherVersion(scene: Scene, sender: Sender | undefined): Blame | null {
  if (!sender?.last) return null
  const { to, request, response } = sender.last
  const next = scene.next(sender)
  const unexpected = next !== undefined && scene.failed(`${next.hop}.httpVersion`) !== undefined
  const refusal = request.httpVersion === '1.0' && VERSION_REFUSED.has(response?.status ?? 0)
  if (!unexpected && !(refusal && scene.answerWrong)) return null
  const fact = `${sender.who} sends HTTP/${request.httpVersion} to ${to.service ?? to.host}`
  const answer = refusal ? `, which answers ${response?.status}` : ''
  const remedy = sender.hop === 'nginx' && request.httpVersion === '1.0' ? ': it needs proxy_http_version 1.1' : ''
  return accuse(sender, fact + answer + remedy)
}
