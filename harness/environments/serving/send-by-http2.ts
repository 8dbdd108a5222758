import { type Http2Outcome, sendByHttp2 } from '../../chain/http2-client.ts'
import type { Measured, NginxSend, UpstreamOutcome } from '../../nginx/site.ts'
import { connectUpstream } from './connect-upstream.ts'
import type { Sent } from './sent.ts'

/**
 * Sends a request of gRPC to an upstream and reads the answer to it.
 * @param gone the client has given up: nginx leaves the upstream too, and the outcome does not count
 */
export function sendUpstreamByHttp2(send: NginxSend, gone: AbortSignal): Promise<Sent> {
  const { promise, resolve } = Promise.withResolvers<Sent>()
  const { socket, stands, fault } = connectUpstream(send)
  const beganMs = performance.now()
  let connectMs: number | null = null
  const measured = (): Measured => ({
    connectMs,
    headerMs: null,
    responseMs: performance.now() - beganMs,
    sentBytes: socket.bytesWritten,
    receivedBytes: socket.bytesRead,
  })
  const end = (outcome: UpstreamOutcome): void => {
    gone.removeEventListener('abort', leave)
    clearTimeout(timer)
    socket.destroy()
    const isCut = outcome.kind === 'answered' && outcome.isCut === true
    resolve({ outcome, isCut, measured: measured(), tunnel: null })
  }
  const leave = (): void => end({ kind: 'reset' })
  let timer = setTimeout(() => end({ kind: 'connect-timeout' }), send.connectTimeoutMs)
  gone.addEventListener('abort', leave)
  socket.once(stands, () => {
    const found = fault()
    if (found !== null) return end({ kind: 'tls-failed', fault: found })
    connectMs = performance.now() - beganMs
    clearTimeout(timer)
    timer = setTimeout(() => end({ kind: 'read-timeout' }), send.readTimeoutMs)
    void sendByHttp2(socket, send.request).then((outcome) => end(outcomeOf(outcome, send)))
  })
  for (const event of ['error', 'close']) {
    socket.once(event, () => {
      if (connectMs === null) end({ kind: 'refused' })
    })
  }
  return promise
}

function outcomeOf(outcome: Http2Outcome, { maxHeadBytes }: NginxSend): UpstreamOutcome {
  if (outcome.kind === 'invalid') return { kind: 'invalid', startsWithHttp: true }
  return outcome.kind === 'answered' && outcome.headBytes > maxHeadBytes ? { kind: 'header-too-big' } : outcome
}
