import { createHash, timingSafeEqual } from 'node:crypto'
import type { ApiKey } from '../config.ts'
import type { Principal } from './principal.ts'

/** Whose key this is, compared in constant time and with every key there is; null for nobody's. */
export function findApiKey(keys: readonly ApiKey[], presented: string): Principal | null {
  const hash = createHash('sha256').update(presented, 'latin1').digest()
  let found: Principal | null = null
  for (const { name, sha256, scopes } of keys) {
    if (timingSafeEqual(hash, sha256)) found = { kind: 'api-key', name, scopes }
  }
  return found
}
