import type { Socket } from 'node:net'
import type { Bytes } from '../../chain/message.ts'
import type { Measured, UpstreamOutcome } from '../../nginx/site.ts'

/** What came of a send over a real socket. */
export interface Sent {
  readonly outcome: UpstreamOutcome
  /** The answer broke off: the client gets what came of it, and then its connection is closed. */
  readonly isCut: boolean
  readonly measured: Measured
  /** The connection, where the answer made a tunnel of it, and what came on it behind the answer. */
  readonly tunnel: { readonly socket: Socket; readonly first: Bytes } | null
}
