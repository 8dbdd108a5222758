import { type BlockList, isIPv6 } from 'node:net'
import type { Rule } from '../../chain/trace.ts'

/** One `allow` or `deny`. `list` null is `all`. */
export interface AccessRule {
  readonly action: 'allow' | 'deny'
  readonly list: BlockList | null
  readonly rule: Rule
}

/** The first rule that knows the address decides; without one it is allowed (ngx_http_access_handler). */
export function denyingRule(rules: readonly AccessRule[], address: string): AccessRule | null {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  const rule = rules.find(({ list }) => list === null || list.check(address, family))
  return rule?.action === 'deny' ? rule : null
}
