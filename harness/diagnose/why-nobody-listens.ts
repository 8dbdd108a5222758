import { type Listener, listenerText, PORT_80 } from '../chain/client-request.ts'
import type { Rule } from '../trace/trace.ts'

/** Why a client got no connection to nginx, in a sentence. @param listens the lines that say where nginx listens */
export function whyNobodyListens(listener: Listener, listens: readonly Rule[]): string {
  // The host's own address goes without saying.
  const place = listener.address === PORT_80.address ? `port ${listener.port}` : listenerText(listener)
  const lines = listens.map(({ text }) => text).join(', ')
  return `nobody listens where the client came in, on ${place}: nginx has ${lines || 'no listen'}`
}
