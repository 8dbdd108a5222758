import { unchunk } from '../../../chain/chunked.ts'
import type { Bytes } from '../../../chain/message.ts'
import type { VersionRules } from '../../versions.ts'

/** The body of a request as nginx finds it behind the head. */
export interface ClientBody {
  /** `unfinished`: the client announced more than it sent, and nginx waits for the rest; `invalid`: it is not chunked. */
  readonly kind: 'whole' | 'unfinished' | 'invalid'
  readonly bytes: Bytes
  /** How many bytes it is going to have, as far as its own framing says. */
  readonly announced: number
}

export const NO_BODY: ClientBody = { kind: 'whole', bytes: '', announced: 0 }

/**
 * Takes a body out of the bytes that follow a head. What follows the body is another request.
 * @param contentLength -1 where the head announces none
 */
export function findBody(sent: Bytes, contentLength: number, chunked: boolean, rules: VersionRules): ClientBody {
  if (chunked) {
    const { kind, body, announced } = unchunk(sent, rules.chunksEndWithCrLf ? 'CRLF' : 'LF')
    return { kind, bytes: body, announced }
  }
  const length = Math.max(contentLength, 0)
  return { kind: sent.length < length ? 'unfinished' : 'whole', bytes: sent.slice(0, length), announced: length }
}
