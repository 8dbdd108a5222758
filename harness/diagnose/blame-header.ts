import { maskHeaders } from '../secrets/mask.ts'
import { reasonText } from '../trace/reason-text.ts'
import type { Exchange, HeaderChange } from '../trace/trace.ts'
import { accuse, accuseHop, accuseService } from './accuse.ts'
import type { Blame, BlameCase } from './blame-case.ts'
import { headerText, type Scene, type Sender } from './scene.ts'

/**
 * A header of the client's answer is wrong, and nothing else is. The line that adds, changes or drops it is to blame, or the
 * line that would have added it; else the hop that made it. The hop nearest to the client had the last word.
 */
export const answerHeaderWrong: BlameCase = (scene) => {
  if (scene.answerWrong) return null
  for (const name of scene.failedHeaders('client')) {
    const blame =
      byNginx(scene, name) ?? byGateway(scene, name) ?? redirectLeavesTheSite(scene, name) ?? bySource(scene, name)
    if (blame !== null) return blame
  }
  return null
}

function byNginx(scene: Scene, name: string): Blame | null {
  return scene.nginx === undefined ? null : (byLine(scene.nginx, name) ?? byDifference(scene.nginx, name))
}

function byGateway(scene: Scene, name: string): Blame | null {
  return scene.gateway === undefined ? null : (byLine(scene.gateway, name) ?? byDifference(scene.gateway, name))
}

/** What the trace says of the header by itself: its line, and why that did not add it. */
function byLine(sender: Sender, name: string): Blame | null {
  const changes = sender.exchange.answerHeaders.filter(
    (change) => change.name === name.toLowerCase() && change.by !== null,
  )
  const change = changes.at(-1)
  return change === undefined ? null : accuse(sender, `${sender.who} ${changeText(change)}`, change.by)
}

function changeText({ name, kind, because }: HeaderChange): string {
  const why = because === null ? '' : `: ${reasonText(because)}`
  switch (kind) {
    case 'added':
      return `adds ${name}${why}`
    case 'changed':
      return `changes ${name}${why}`
    case 'dropped':
      return `drops ${name}${why}`
    case 'withheld':
      return `does not add ${name}${why}`
  }
}

/** No line says it, and the header came in another way than it went out. */
function byDifference(sender: Sender, name: string): Blame | null {
  const before = sender.last?.response
  const after = sender.exchange.answered
  if (!before || !after || sender.exchange.origin === 'self') return null
  if (headerText(before, name) === headerText(after, name)) return null
  return accuse(sender, `${sender.who} got ${words(before, name)} and answers ${words(after, name)}`)
}

function words({ headers }: Pick<Exchange['received'], 'headers'>, name: string): string {
  const value = headerText({ headers: maskHeaders(headers) }, name)
  return value === '' ? `no ${name}` : `${name}: ${value}`
}

/** A backend names an address or a path of its own; where the client cannot go there, nginx is there to put it right. */
function redirectLeavesTheSite({ nginx }: Scene, name: string): Blame | null {
  if (!nginx?.last?.response) return null
  const { to, response } = nginx.last
  const value = headerText(response, name)
  if (name.toLowerCase() === 'location') {
    const own = [to.host, to.address, to.service].filter((one) => one !== null && one !== '')
    if (!own.some((one) => value.includes(`//${one}`))) return null
    return accuse(nginx, `nginx passes on the redirect to ${value}, an address inside: it needs proxy_redirect`)
  }
  const target = nginx.pass.decidedBy.target
  const isReplaced = nginx.pass.reasons.some(({ kind }) => kind === 'prefix-replaced')
  if (name.toLowerCase() !== 'set-cookie' || !isReplaced || !/;\s*path=\//i.test(value)) return null
  return accuse(
    nginx,
    'nginx replaces the prefix of the path, and passes on a cookie with a Path of the backend: it needs proxy_cookie_path',
    target ?? nginx.last.by,
  )
}

/** Nobody changed it on the way: the hop that made the answer made it so. */
function bySource(scene: Scene, name: string): Blame | null {
  const { answerer } = scene
  if (answerer !== undefined) {
    const who = answerer.hop === 'nginx' ? 'nginx' : answerer.hop === 'gateway' ? 'the gateway' : answerer.service
    const said = answerer.answered === null ? `no ${name}` : words(answerer.answered, name)
    return accuseHop(answerer, `${who} answers with ${said}`, scene.ruleOf(answerer))
  }
  const last = (scene.gateway ?? scene.nginx)?.last
  if (!last?.response || last.to.service === null) return null
  return accuseService(scene, last.to.service, `${last.to.service} answers with ${words(last.response, name)}`)
}
