import type { Bytes } from '../../chain/message.ts'
import type { Rule } from '../../trace/trace.ts'
import type { Measured, NginxAnswer, NginxSend, NginxStep, NginxWait, UpstreamOutcome } from '../site.ts'
import type { RequestState } from './request/request-state.ts'

/**
 * What a step of a request says comes next: something for the outside (an answer, a send, a wait), or another step. Only the
 * loop in phases.ts takes it; no step calls the one behind it.
 */
export type Next =
  | ForOutside
  | Respond
  | Finalize
  | InternalRedirect
  | NamedLocation
  | Subrequest
  | Clone
  | SubrequestOver
  | Phase

/** What environments carry out. */
export type ForOutside = Answer | Send | Wait

/** The answer, before anything is written of it. */
export type Answer = Omit<NginxAnswer, 'log' | 'background'>

/** A request to an upstream, and what comes next by its outcome. */
export type Send = Omit<NginxSend, 'resume' | 'abandon' | 'background'> & {
  resume(outcome: UpstreamOutcome, measured?: Measured): Next
  abandon(measured?: Measured): Next
}

/** Nothing happens for a time. */
export type Wait = Omit<NginxWait, 'resume' | 'more' | 'background'> & { resume(): Next; more?(sent: Bytes): Next }

/** The answer, whose head the request's state has: filters come next (ngx_http_send_header, ngx_http_output_filter). */
export interface Respond {
  readonly kind: 'respond'
  readonly body: Bytes
  /** `cache`: an upstream's, which nginx has kept. */
  readonly origin: NginxAnswer['origin'] | 'cache'
  /** What is done once the head is out, or another answer has taken its place. */
  readonly whenSent?: (isSent: boolean) => void
}

/** The request ends with a code (ngx_http_finalize_request). */
interface Finalize {
  readonly kind: 'finalize'
  readonly code: number
}

/** Another URI, as if it came from inside (ngx_http_internal_redirect). */
export interface InternalRedirect {
  readonly kind: 'internal-redirect'
  /** The line that leads there. */
  readonly by: Rule
  readonly uri: string
  readonly args: string
}

/** A named location, with the URI as it is (ngx_http_named_location). */
export interface NamedLocation {
  readonly kind: 'named-location'
  /** The line that leads there. */
  readonly by: Rule
  readonly name: string
}

/** A request within the request, which waits for its end (ngx_http_subrequest). */
export interface Subrequest {
  readonly kind: 'subrequest'
  /** The line that begins it. */
  readonly by: Rule
  readonly uri: string
  readonly args: string
  /** What comes next in the request that began it, by what came of it. */
  resume(ended: RequestState): Next
}

/** The same request once more, where it stands, which waits for its end (NGX_HTTP_SUBREQUEST_CLONE). */
export interface Clone extends Pick<Subrequest, 'by' | 'resume'> {
  readonly kind: 'clone'
  /** Tells what it needs to know before its first step. */
  begin(clone: RequestState): void
}

/** The head of a subrequest's answer is there, and nobody wants its body. */
interface SubrequestOver {
  readonly kind: 'subrequest-over'
}

/** A phase of nginx, and those behind it. `location` is where a chosen location's own begin. */
interface Phase {
  readonly kind: 'server-rewrite' | 'find-location' | 'location' | 'preaccess' | 'precontent' | 'content'
}

export const SERVER_REWRITE: Phase = { kind: 'server-rewrite' }
export const FIND_LOCATION: Phase = { kind: 'find-location' }
export const LOCATION: Phase = { kind: 'location' }
/** Its modules are asked again: each knows whether it has been. */
export const PREACCESS: Phase = { kind: 'preaccess' }
export const PRECONTENT: Phase = { kind: 'precontent' }
export const CONTENT: Phase = { kind: 'content' }

export function respond(body: Bytes, origin: Respond['origin'], whenSent: Respond['whenSent'] = undefined): Next {
  return { kind: 'respond', body, origin, ...(whenSent && { whenSent }) }
}

export function finalize(code: number): Next {
  return { kind: 'finalize', code }
}

export function internalRedirect(by: Rule, uri: string, args: string): Next {
  return { kind: 'internal-redirect', by, uri, args }
}

export function namedLocation(by: Rule, name: string): Next {
  return { kind: 'named-location', by, name }
}

/** Whether it is for the outside. */
export function isForOutside(next: Next): next is ForOutside {
  return next.kind === 'answer' || next.kind === 'send' || next.kind === 'wait'
}

/** A step for the outside, whose resumption is carried on by `proceed`. @param log what is written of an answer */
export function outside(
  next: ForOutside,
  proceed: (next: Next) => NginxStep,
  log: NginxAnswer['log'],
  background: NginxStep['background'],
): NginxStep {
  if (next.kind === 'answer') return { ...next, log, background }
  if (next.kind === 'wait') {
    const { delayMs, more } = next
    const resume = (): NginxStep => proceed(next.resume())
    return { kind: 'wait', delayMs, background, resume, ...(more && { more: (sent: Bytes) => proceed(more(sent)) }) }
  }
  return {
    ...next,
    background,
    resume: (outcome, measured) => proceed(next.resume(outcome, measured)),
    abandon: (measured) => proceed(next.abandon(measured)),
  }
}
