import type { RequestState } from '../request/request-state.ts'
import type { StoredBy } from './cache-zone.ts'
import type { RequestCache } from './request-cache.ts'

/** The request that brings an entry. */
export function storedBy(state: RequestState, cache: RequestCache): StoredBy {
  return {
    method: state.method,
    target: state.unparsedUri,
    host: state.header('host') ?? '',
    credentials: credentialsOf(state),
    atS: state.site.dateS(),
    valid: cache.validBy,
  }
}

/** What tells clients apart. */
export function credentialsOf({ headers }: RequestState): string {
  return headers
    .filter(({ key }) => key === 'cookie' || key === 'authorization')
    .map(({ key, value }) => `${key}: ${value}`)
    .join('\n')
}
