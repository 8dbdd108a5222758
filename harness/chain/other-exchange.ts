import { type CgiResponseReader, cgiRequestBytes, cgiResponseReader } from './cgi/cgi-outcome.ts'
import { MemcachedReader, memcachedRequest } from './memcached.ts'
import type { RequestMessage } from './message.ts'

/** A request by another protocol than HTTP, on a connection of its own: its bytes, and who reads the answer. */
export interface OtherExchange {
  readonly bytes: Buffer
  readonly reader: CgiResponseReader
}

/** How a request goes that does not go by HTTP; null where it does. */
export function otherExchange({ cgi, body, target, isMemcached }: RequestMessage): OtherExchange | null {
  if (cgi !== undefined) return { bytes: cgiRequestBytes(cgi, body), reader: cgiResponseReader(cgi.protocol) }
  return isMemcached === undefined ? null : { bytes: memcachedRequest(target), reader: new MemcachedReader(target) }
}
