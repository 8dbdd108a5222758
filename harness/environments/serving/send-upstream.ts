import type { CgiOutcome } from '../../chain/cgi/cgi-outcome.ts'
import { type Bytes, bytesFrom } from '../../chain/message.ts'
import { otherExchange } from '../../chain/other-exchange.ts'
import type { Measured, NginxSend, UpstreamOutcome } from '../../nginx/site.ts'
import { requestBytes } from '../http-exchange.ts'
import { connectUpstream } from './connect-upstream.ts'
import { type AnswerHead, readAnswerBody, readAnswerHead } from './read-answer.ts'
import { sendUpstreamByHttp2 } from './send-by-http2.ts'
import type { Sent } from './sent.ts'

/**
 * Sends a request to an upstream and reads the answer to it.
 * @param gone the client has given up: nginx leaves the upstream too, and the outcome does not count
 */
export function sendUpstream(send: NginxSend, gone: AbortSignal): Promise<Sent> {
  if (send.request.httpVersion === '2.0') return sendUpstreamByHttp2(send, gone)
  const { promise, resolve } = Promise.withResolvers<Sent>()
  const opening = connectUpstream(send)
  const { socket, stands } = opening
  const other = otherExchange(send.request)
  const reader = other?.reader ?? null
  let head: AnswerHead | null = null
  let bytes: Bytes = ''
  let isConnected = false
  /** Before TLS stands on it. */
  let isReached = false
  const request = other?.bytes ?? requestBytes(send.request)
  const beganMs = performance.now()
  const times = { connectMs: null as number | null, headerMs: null as number | null }
  const sinceBegun = (): number => performance.now() - beganMs
  const measured = (): Measured => ({
    ...times,
    responseMs: sinceBegun(),
    sentBytes: isConnected ? request.length : 0,
    receivedBytes: socket.bytesRead,
  })

  function end(outcome: UpstreamOutcome, isCut = false): void {
    gone.removeEventListener('abort', leave)
    clearTimeout(timer)
    socket.destroy()
    resolve({ outcome, isCut, measured: measured(), tunnel: null })
  }
  const leave = (): void => end({ kind: 'reset' })
  const tooLate = (): void => {
    if (!isConnected) end({ kind: 'connect-timeout' })
    else if (head === null) end({ kind: 'read-timeout' })
    else endCut(head)
  }
  let timer = setTimeout(tooLate, send.connectTimeoutMs)
  const waitOn = (): void => {
    clearTimeout(timer)
    timer = setTimeout(tooLate, send.readTimeoutMs)
  }

  function answered({ status, headers, length }: AnswerHead, body: Bytes, isCut: boolean): void {
    end({ kind: 'answered', response: { status, headers, body }, headBytes: length, isCut }, isCut)
  }

  function endCut(read: AnswerHead): void {
    const { body, kind } = readAnswerBody(read, bytes, send.request.method === 'HEAD')
    answered(read, body, kind !== 'open' && kind !== 'whole')
  }

  function openTunnel({ status, headers, length }: AnswerHead): void {
    gone.removeEventListener('abort', leave)
    clearTimeout(timer)
    socket.removeAllListeners('data')
    socket.pause()
    const response = { status, headers, body: '' }
    resolve({
      outcome: { kind: 'answered', response, headBytes: length },
      isCut: false,
      measured: measured(),
      tunnel: { socket, first: bytes },
    })
  }

  function endByCgi(outcome: CgiOutcome | null): void {
    if (outcome === null) return
    const isTooBig = outcome.kind === 'answered' && outcome.headBytes > send.maxHeadBytes
    end(isTooBig ? { kind: 'header-too-big' } : outcome)
  }

  function readHead(): void {
    const read = readAnswerHead(bytes)
    if (read === 'no-status-line' || read === 'invalid') {
      end({ kind: 'invalid', startsWithHttp: read === 'invalid' })
    } else if ((read?.length ?? bytes.length) > send.maxHeadBytes) {
      end({ kind: 'header-too-big' })
    } else if (read !== null) {
      times.headerMs = sinceBegun()
      bytes = bytes.slice(read.length)
      head = read
      if (read.status === 101) openTunnel(read)
      else readBody(read)
    }
  }

  function readBody(read: AnswerHead): void {
    const { body, kind } = readAnswerBody(read, bytes, send.request.method === 'HEAD')
    if (kind === 'whole') answered(read, body, false)
    else if (kind === 'invalid') answered(read, body, true)
  }

  gone.addEventListener('abort', leave)
  socket.once('connect', () => {
    isReached = true
  })
  socket.once(stands, () => {
    const fault = opening.fault()
    if (fault !== null) return end({ kind: 'tls-failed', fault })
    isConnected = true
    times.connectMs = sinceBegun()
    waitOn()
    socket.write(request)
  })
  socket.on('data', (chunk: Buffer) => {
    waitOn()
    if (reader !== null) return endByCgi(reader.push(chunk))
    bytes += bytesFrom(chunk)
    if (head === null) readHead()
    else readBody(head)
  })
  const closed = (): void => {
    if (head !== null) endCut(head)
    else if (isReached && !isConnected) end({ kind: 'tls-failed', fault: { kind: 'closed' } })
    else if (isConnected && reader !== null) endByCgi(reader.end())
    else end({ kind: isConnected ? 'reset' : 'refused' })
  }
  socket.once('end', closed)
  socket.once('error', closed)
  socket.once('close', closed)
  return promise
}
