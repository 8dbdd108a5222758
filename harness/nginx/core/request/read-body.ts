import type { Bytes } from '../../../chain/message.ts'
import type { Rule } from '../../../trace/trace.ts'
import { finalize, type Next } from '../next.ts'
import { isBodyTooLarge } from './body-limit.ts'
import { findBody, NO_BODY } from './client-body.ts'
import { PREREAD_BYTES, refuseRequest } from './refuse-request.ts'
import type { RequestState } from './request-state.ts'

/** A line that has a body sent on before all of it is there, and whether one that is chunked keeps its chunks then. */
export interface Unbuffered {
  readonly rule: Rule
  readonly keepsChunks: boolean
}

/**
 * Reads the body before anything is sent on (ngx_http_read_client_request_body): a chunked one gets a length from here on.
 * @param goOn what comes when the body is there
 * @param unbuffered null where it is sent on when all of it is there
 */
export function readBody(state: RequestState, goOn: (body: Bytes) => Next, unbuffered: Unbuffered | null = null): Next {
  const { kind, bytes, announced } = state.body
  // A subrequest has the body that was read before it began, if any.
  if (state.parent !== null) return goOn(bytes)
  if (kind === 'invalid') return refuseBody(state)
  if (state.chunked && isBodyTooLarge(state, announced)) return finalize(413)
  if (kind === 'unfinished') return waitForRest(state, goOn, unbuffered)
  if (state.chunked) takeLength(state, bytes, unbuffered)
  return goOn(bytes)
}

/**
 * Throws the body away (ngx_http_discard_request_body): nobody waits for the rest of one.
 * @returns the answer where it is not chunked as announced; null where the request goes on
 */
export function discardBody(state: RequestState): Next | null {
  return state.body.kind === 'invalid' && state.parent === null ? refuseBody(state) : null
}

function takeLength(state: RequestState, body: Bytes, unbuffered: Unbuffered | null): void {
  if (unbuffered?.keepsChunks && body.length > PREREAD_BYTES) {
    refuseRequest(unbuffered.rule, `${unbuffered.rule.text} may send a chunked body on as it comes: not modelled`)
  }
  state.contentLength = body.length
}

function refuseBody(state: RequestState): Next {
  // What it has read counts as the body from here on: nobody complains a second time.
  state.body = NO_BODY
  state.because({ kind: 'body-not-chunked' }, null)
  return finalize(400)
}

function waitForRest(state: RequestState, goOn: (body: Bytes) => Next, unbuffered: Unbuffered | null): Next {
  const { bodyTimeout } = state.location.settings
  if (unbuffered !== null) {
    const because = `${unbuffered.rule.text} sends a part of a body on whose rest never comes: not modelled`
    refuseRequest(unbuffered.rule, because)
  }
  return {
    kind: 'wait',
    delayMs: bodyTimeout.ms,
    resume: () => giveUp(state),
    more: (sent) => {
      state.body = findBody(sent, state.contentLength, state.chunked, state.site.rules)
      return readBody(state, goOn, unbuffered)
    },
  }
}

function giveUp(state: RequestState): Next {
  const { bodyTimeout } = state.location.settings
  const announcedBytes = state.contentLength < 0 ? null : state.contentLength
  const sentBytes = state.body.bytes.length
  state.because({ kind: 'body-unfinished', announcedBytes, sentBytes }, bodyTimeout.rule?.span ?? null)
  state.rule = bodyTimeout.rule ?? state.location.rule
  return finalize(408)
}
