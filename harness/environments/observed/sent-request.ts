import { unchunk } from '../../chain/chunked.ts'
import type { RequestMessage } from '../../chain/message.ts'
import { type Bytes, headerValue } from '../../chain/message.ts'
import type { SentHead } from './observation.ts'

/**
 * A request that nginx sent: the head from its log with the body that the head announces, which is the client's.
 * @param modelled what the model would have sent: its header lines stand where the log entry ends in the middle
 */
export function sentRequest(
  head: SentHead | null,
  modelled: RequestMessage | null,
  client: RequestMessage,
): RequestMessage {
  if (head === null) return modelled ?? client
  const { isWhole, ...sent } = head
  if (sent.cgi !== undefined) {
    return !isWhole && modelled !== null ? modelled : { ...sent, body: bodyOf(sent.headers, client) }
  }
  const isModelled = modelled?.target === head.target && modelled.method === head.method
  const headers = isWhole || !isModelled ? head.headers : modelled.headers
  return { ...sent, headers, body: isModelled ? modelled.body : bodyOf(headers, client) }
}

/** nginx takes a chunked body apart and gives it a length (proxy_request_buffering), so the length tells what was sent. */
function bodyOf(headers: RequestMessage['headers'], { body }: RequestMessage): Bytes {
  const length = Number(headerValue(headers, 'content-length') ?? 0)
  const isChunked = headerValue(headers, 'transfer-encoding') !== undefined
  if (length === 0 && !isChunked) return ''
  if (!isChunked && body.length === length) return body
  const { kind, body: unchunked } = unchunk(body, 'LF')
  return kind === 'whole' ? unchunked : body
}
