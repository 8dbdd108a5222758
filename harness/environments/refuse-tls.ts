import type { Listener } from '../chain/client-request.ts'
import { UnsupportedError } from './environment.ts'

/** @throws {UnsupportedError} the client speaks TLS, which no environment does yet */
export function refuseTls({ tls }: Listener): void {
  if (tls) throw new UnsupportedError('https', null, 'TLS between the client and nginx is not supported yet')
}
