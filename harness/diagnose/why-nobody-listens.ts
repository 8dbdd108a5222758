import { type Listener, listenerText, PORT_80 } from '../chain/client-request.ts'
import type { Rule } from '../trace/trace.ts'

/** Why a client got no connection to nginx, in a sentence. @param isHttp2 whether the client speaks HTTP/2 alone @param listens the lines that say where nginx listens */
export function whyNobodyListens(listener: Listener, isHttp2: boolean, listens: readonly Rule[]): string {
  const { address, port, tls, proxied } = listener
  // The host's own address goes without saying.
  const place = address === PORT_80.address ? `port ${port}` : listenerText(listener)
  const wanted = listens.find(({ text }) => portOf(text) === port && /\sproxy_protocol\b/.test(text))
  if (wanted !== undefined && proxied === null)
    return `the client sends no PROXY protocol header on ${place}, and nginx waits for one: ${wanted.text}`
  const there = tls === null ? undefined : listens.find(({ text }) => portOf(text) === port)
  if (there !== undefined && isHttp2 && !/\bhttp2\b/.test(there.text))
    return `the client speaks HTTP/2 on ${place}, and nginx takes no such handshake where http2 is off: ${there.text}`
  if (there !== undefined)
    return `the client speaks TLS on ${place}, and nginx does not take its handshake: ${there.text}`
  const lines = listens.map(({ text }) => text).join(', ')
  return `nobody listens where the client came in, on ${place}: nginx has ${lines || 'no listen'}`
}

function portOf(listen: string): number {
  const [, place = ''] = listen.split(' ')
  return Number(/^(?:.*:)?(\d+)$/.exec(place)?.[1] ?? 80)
}
