import { forwardedAddress } from '../../core/request/forwarded-address.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { realIp } from './compile.ts'

/** Takes the client from what a trusted proxy says of him (ngx_http_realip_handler), once a request. */
export function takeRealIp(state: RequestState): void {
  const { from, header, recursive } = realIp.of(state.location.settings)
  if (from === null || state.hasRealIp) return
  const values =
    header === 'proxy_protocol'
      ? [state.proxied?.client.address ?? []].flat()
      : state.headers.filter(({ key }) => key === header).map(({ value }) => value)
  const lines = header === 'x-forwarded-for' ? values.toReversed() : values.slice(0, 1)
  const client = forwardedAddress(state.client, lines, from, recursive)
  if (client === null) return
  const { address } = client
  state.because({ kind: 'client-address', header, address }, null)
  state.client = header === 'proxy_protocol' ? { address, port: state.proxied?.client.port ?? 0 } : client
  state.hasRealIp = true
}
