import { isIPv6 } from 'node:net'
import type { RequestState } from '../../core/request/request-state.ts'
import { accessRules } from './compile.ts'

/** The first rule that knows the address decides; null where none does (ngx_http_access_handler). */
export function checkAccess(state: RequestState): 'ok' | 403 | null {
  const { address } = state.client
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  const decides = accessRules
    .of(state.location.settings)
    ?.find(({ list }) => list === null || list.check(address, family))
  if (decides === undefined) return null
  if (decides.action === 'allow') return 'ok'
  state.rule = decides.rule
  state.because({ kind: 'address-denied', line: decides.rule.text, address }, decides.rule.span)
  return 403
}
