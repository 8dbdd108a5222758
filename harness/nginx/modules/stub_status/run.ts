import { isAnsweredBy } from '../../core/locations/own-answer.ts'
import { finalize, type Next, respond } from '../../core/next.ts'
import { discardBody } from '../../core/request/read-body.ts'
import type { RequestState, SiteContext } from '../../core/request/request-state.ts'
import { Slot } from '../../core/slot.ts'

/** The requests that a site has had so far. */
const requests = new Slot<SiteContext, number>(0)

export function countRequest({ site }: RequestState): void {
  requests.keep(site, requests.of(site) + 1)
}

/**
 * ngx_http_stub_status_handler. Here every request comes on a connection of its own, one by one. What a real nginx counts depends
 * on who else asks it: comparisons leave the numbers aside.
 */
export function answerWithStatus(state: RequestState): Next | null {
  if (!isAnsweredBy(state, 'stub_status')) return null
  if (state.method !== 'GET' && state.method !== 'HEAD') return finalize(405)
  const refused = discardBody(state)
  if (refused !== null) return refused
  const count = requests.of(state.site)
  const lines = [
    'Active connections: 1 ',
    'server accepts handled requests',
    ` ${count} ${count} ${count} `,
    'Reading: 0 Writing: 1 Waiting: 0 ',
  ]
  const body = lines.map((line) => `${line}\n`).join('')
  const { head } = state
  head.status = 200
  head.contentType = 'text/plain'
  head.contentLength = body.length
  return respond(body, 'self')
}
