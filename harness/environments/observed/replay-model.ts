import { type Listener, proxiedEnds } from '../../chain/client-request.ts'
import type { RequestMessage, ResponseMessage } from '../../chain/message.ts'
import {
  afterWaiting,
  type NginxAnswer,
  type NginxDecision,
  type NginxSend,
  type NginxStep,
  RefusedRequestError,
  type Site,
  type UpstreamOutcome,
} from '../../nginx/site.ts'
import { type Observation, type ObservedPass, type ObservedTry, observedTries } from './observation.ts'

/** What the model of nginx makes of a request whose tries ended as they were observed to. */
export interface Replay {
  /** What it sends, as far as it was asked. */
  readonly sends: readonly NginxSend[]
  /** Why it does so; null where it does something else than nginx did. */
  readonly decision: NginxDecision | null
  /** In what it differs; null where it does not. */
  readonly difference: string | null
}

/** Where its clients come from, as long as the log does not say so. */
const CLIENT = { address: '127.0.0.1', port: 40_000 }

/**
 * Asks the model for its reasons: it explains what nginx did as long as it does the same. Where the request comes to something
 * that is not modelled (files), nginx has answered all the same, and the model has nothing to explain.
 */
export function replayModel(
  model: Site,
  request: RequestMessage,
  requestId: string,
  listener: Listener,
  response: ResponseMessage | null,
  seen: Observation,
  answers: (one: ObservedTry) => ResponseMessage | null,
): Replay {
  const sends: NginxSend[] = []
  try {
    return replay(model, request, requestId, listener, response, seen, answers, sends)
  } catch (error) {
    if (!(error instanceof RefusedRequestError)) throw error
    return { sends, decision: null, difference: null }
  }
}

function replay(
  model: Site,
  request: RequestMessage,
  requestId: string,
  listener: Listener,
  response: ResponseMessage | null,
  seen: Observation,
  answers: (one: ObservedTry) => ResponseMessage | null,
  sends: NginxSend[],
): Replay {
  const tries = observedTries(seen)
  const differs = (difference: string): Replay => ({ sends, decision: null, difference })
  const server = serverOf(seen, listener)
  const tls = listener.tls === null ? {} : { tls: listener.tls }
  if (!model.takes(server.address, server.port))
    return differs(`it does not listen on ${server.address}:${server.port}`)

  const carried = new CarriedOut(seen, answers, sends)
  const first = model.decide({
    request,
    requestId,
    client: seen.client ?? CLIENT,
    server,
    ...tls,
    proxied: proxiedEnds(listener),
  })
  const step = carried.carryOut(first)
  if (step === null) return differs(carried.difference)
  const decision = carried.decision ?? step.decision
  if (sends.length < tries.length) return differs(`it sends nothing after try ${sends.length}`)
  for (const [index, { matched, subrequest }] of decision.passes.entries()) {
    const observed = seen.passes[index]
    if (observed === undefined || observed.subrequest !== subrequest || !isSameLocation(matched, observed)) {
      return differs(`it uses ${locationText(matched)}${index === 0 ? '' : `, as location ${index + 1}`}`)
    }
  }
  if (decision.passes.length < seen.passes.length)
    return differs(`it uses no other location after ${sends.length} tries`)
  const [expected, got] = [step.response?.status ?? 0, response?.status ?? 0]
  if (expected !== got) return differs(`it answers ${expected === 0 ? 'nothing' : expected}`)
  return { sends, decision, difference: null }
}

/** What the model does with tries that ended as they were observed to, pass by pass. */
class CarriedOut {
  /** In what it does something else; empty where it does not. */
  difference = ''
  /** What was decided when the last subrequest in the background was over; null where there is none. */
  decision: NginxDecision | null = null
  readonly #seen: Observation
  readonly #answers: (one: ObservedTry) => ResponseMessage | null
  readonly #sends: NginxSend[]

  constructor(seen: Observation, answers: (one: ObservedTry) => ResponseMessage | null, sends: NginxSend[]) {
    this.#seen = seen
    this.#answers = answers
    this.#sends = sends
  }

  /** Takes a request to its end; null where that is not what nginx did, or where it was in the background and nobody saw its end. */
  carryOut(first: NginxStep, isBackground = false): NginxAnswer | null {
    let step = afterWaiting(first)
    while (step.kind === 'send') {
      const { request, to, pass } = step
      const observed = this.#seen.passes[pass]?.tries[this.#sends.filter((send) => send.pass === pass).length]
      if (observed === undefined) return this.#differs(`it sends ${request.target} to ${to.address}:${to.port}`)
      this.#sends.push(step)
      const difference = differenceOf(step, observed)
      if (difference !== null) return this.#differs(difference)
      if (!this.#carryOutBeside(step)) return null
      if (isBackground && observed.outcome === 'abandoned') {
        this.decision = step.decision()
        return null
      }
      step = afterWaiting(step.resume(outcomeOf(observed, this.#answers(observed))))
    }
    return this.#carryOutBeside(step) ? step : null
  }

  /** What it begins in the background. */
  #carryOutBeside({ background }: NginxStep): boolean {
    for (const start of background) {
      const ended = this.carryOut(start(), true)
      if (ended === null && this.difference !== '') return false
      this.decision = ended?.decision ?? this.decision
    }
    return true
  }

  #differs(difference: string): null {
    this.difference = difference
    return null
  }
}

/** A socket for any address does not say which one the client called. */
function serverOf({ server }: Observation, { address, port }: Listener): { address: string; port: number } {
  if (server === null || server.address === '0.0.0.0' || server.address === '::') return { address, port }
  return server
}

/** Another address is no difference: in a group, whose turn it is depends on requests that the model never saw. */
function differenceOf({ request }: NginxSend, { head }: ObservedTry): string | null {
  if (head === null) return null
  if (head.method !== request.method) return `it sends ${request.method}`
  if (head.target !== request.target) return `it sends ${request.target}`
  if (head.cgi === undefined || request.cgi === undefined || !head.isWhole) return null
  const sent = head.cgi.params.map((pair) => pair.join(': '))
  const other = request.cgi.params.map((pair) => pair.join(': ')).find((text, at) => text !== sent[at])
  return other === undefined ? null : `it sends the parameter ${other}`
}

function outcomeOf({ outcome, fault, isRaw }: ObservedTry, answer: ResponseMessage | null): UpstreamOutcome {
  if (outcome === 'answered') return answer === null ? { kind: 'reset' } : { kind: 'answered', response: answer }
  if (outcome === 'tls-failed') return { kind: 'tls-failed', fault: fault ?? { kind: 'closed' } }
  if (outcome === 'invalid') return { kind: 'invalid', startsWithHttp: !isRaw }
  // nginx leaves its upstream when its client leaves, which the model is not told.
  return { kind: outcome === 'abandoned' ? 'read-timeout' : outcome }
}

/** The log says neither `~*` nor `^~`, and nothing at all of an internal location that a client asked for. */
function isSameLocation(matched: string | null, { location }: ObservedPass): boolean {
  if (location === null) return true
  if (matched === null || location.kind === 'server') return matched === null && location.kind === 'server'
  const [, modifier = '', name = ''] = /^(?:(=|\^~|~\*?) )?([\s\S]*)$/.exec(matched) ?? []
  if (Buffer.from(name, 'utf8').toString('latin1') !== location.name) return false
  return (modifier === '=') === (location.kind === 'exact') && modifier.startsWith('~') === (location.kind === 'regex')
}

function locationText(matched: string | null): string {
  return matched === null ? 'no location' : `location ${matched}`
}
