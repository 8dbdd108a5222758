import { memcachedMessage } from '../../../chain/memcached.ts'
import { finalize, type Next } from '../../core/next.ts'
import { refuseRequest, refuseWhere } from '../../core/request/refuse-request.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { contentTypeOf } from '../../core/response/content-type.ts'
import { PeerChoice } from '../../core/upstreams/upstream.ts'
import { sendToNextPeer } from '../../core/upstreams/upstream-exchange.ts'
import { walkOf } from '../../core/upstreams/upstream-group.ts'
import { plainUpstream } from '../../core/upstreams/upstream-state.ts'
import { memcached } from './compile.ts'

/** Keys are no longer (KEY_MAX_LENGTH of memcached). */
const MAX_KEY_BYTES = 250

/** Control characters, spaces and `%` (NGX_ESCAPE_MEMCACHED). */
const ESCAPED = /[\0- %]/g

/** Asks memcached for the value of `$memcached_key` (ngx_http_memcached_handler); null where the location does not. */
export function passToMemcached(state: RequestState): Next | null {
  const { pass } = state.location
  if (pass === null || pass.protocol !== 'memcached') return null
  const { rule, group, keySlot } = pass
  state.rule = rule
  if (state.method !== 'GET' && state.method !== 'HEAD') return finalize(405)
  refuseWhere(state, 'memcached')
  if (group.refused !== null) refuseRequest(group.refused.rule, group.refused.because)
  if (state.contentLength > 0 || state.chunked)
    refuseRequest(rule, 'a body that memcached_pass throws away: not modelled')
  state.head.contentType = contentTypeOf(state)
  const key = (state.variable(keySlot) ?? '').replace(ESCAPED, percent)
  state.because({ kind: 'memcached-asked', key }, rule.span)
  if (key === '') return finalize(500)
  if (key.length > MAX_KEY_BYTES) refuseRequest(rule, `a key of more than ${MAX_KEY_BYTES} bytes is not modelled`)
  const settings = memcached.of(state.location.settings)
  const upstream = plainUpstream({
    protocol: 'memcached',
    settings,
    choice: new PeerChoice(group, settings.nextUpstreamTries, state.site.nowS, walkOf(state, group.balance)),
  })
  state.upstream = upstream
  state.upstreamTries.push([])
  return sendToNextPeer(state, upstream, memcachedMessage(key))
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
