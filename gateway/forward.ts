import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import type { ParameterizedContext } from 'koa'
import type { Clock } from './clock.ts'
import type { MiddlewareConfig } from './config.ts'
import { forwardHeaders } from './forward-headers.ts'
import { Forwarding } from './forwarding.ts'
import { type ProxyOptions, proxies } from './koa-proxies.ts'
import { expectsContinue } from './request-framing.ts'
import type { GatewayMiddleware } from './state.ts'

/** A request on its way, and how to send it. */
interface Sending {
  readonly forwarding: Forwarding
  readonly options: ProxyOptions
}

/*
 * koa-proxies keeps the event handlers of every instance for good, in a map of its own, and takes those of the first
 * request only. So there is one instance for all gateways of a process, and what belongs to a request is found by it.
 */
const sendings = new WeakMap<IncomingMessage, Sending>()
const forwardingOf = (request: IncomingMessage) => sendings.get(request)?.forwarding

const events: NonNullable<ProxyOptions['events']> = {
  proxyReq: (sent: ClientRequest, request: IncomingMessage) => forwardingOf(request)?.onSent(sent),
  proxyRes: (answer: IncomingMessage, request: IncomingMessage) => forwardingOf(request)?.onAnswer(answer),
  error: (error: Error, request: IncomingMessage) => forwardingOf(request)?.onError(error),
}

const send = proxies(/^/, (_captures, ctx) => sendings.get(ctx.req)?.options ?? false)
const nothing = () => Promise.resolve()

/** What forwarding needs to know beside the request. */
export interface ForwardOptions {
  readonly middleware: MiddlewareConfig
  readonly agent: Agent
  readonly clock: Clock
}

/** Sends a request to its route's backend and the answer back. What keeps it from one is thrown as a GatewayError. */
export function forward({ middleware, agent, clock }: ForwardOptions): GatewayMiddleware {
  const {
    timeouts,
    bodyLimitBytes: bodyLimit,
    responseHeaders: responseEdits,
    requestHeaders: edits,
    requestIdHeader,
  } = middleware
  return async (ctx) => {
    const { access, match, target: received } = ctx.state
    const { target, timeoutMs, places } = match.route
    const sends = access.sends ?? received.path
    const host = received.authority ?? ctx.req.headers.host ?? ''
    const { request: requestChanges, answer: changes } = access.headerChanges
    const forwarded = { target, requestId: access.requestId, requestIdHeader, host, edits }
    const headers = forwardHeaders(ctx.req, forwarded, requestChanges)
    const readMs = timeoutMs === undefined ? timeouts.readMs : { value: timeoutMs, place: places.timeout }
    const upstream = {
      name: `${target.host}:${target.port}`,
      places: { target: places.target, connectTimeout: timeouts.connectMs.place, readTimeout: readMs.place },
    }
    const limits = { connectMs: timeouts.connectMs.value, readMs: readMs.value, bodyLimit }
    const forwarding = new Forwarding(ctx.req, ctx.res, {
      sends,
      headers,
      upstream,
      responseEdits,
      changes,
      clock,
      ...limits,
    })
    const to = { protocol: 'http:', hostname: target.host, port: target.port } as const
    const options = { target: to, agent, toProxy: true, selfHandleResponse: true, events }
    sendings.set(ctx.req, { forwarding, options })
    access.upstream = target
    if (expectsContinue(ctx.req)) ctx.res.writeContinue()
    await run(ctx, forwarding, sends)
    access.outcome = 'answered'
  }
}

async function run(ctx: ParameterizedContext, forwarding: Forwarding, sends: string): Promise<void> {
  // http-proxy takes both from the request itself. It copies headers into a plain object, where one called `__proto__`
  // would get lost: the forwarding sets them.
  ctx.req.headers = {}
  ctx.req.url = sends
  try {
    const sent = send(ctx, nothing)
    forwarding.watchBody()
    await Promise.race([sent, forwarding.ended])
    // koa-proxies resolves with every error, also with one that comes after a whole answer.
    await forwarding.ended
  } catch (error) {
    // koa-proxies rejects when the response is closed early, by either side: the forwarding knows which.
    if (forwarding.failure === null) throw error
  } finally {
    forwarding.settle()
    // By hand: a map that only the garbage collector empties makes it slow.
    sendings.delete(ctx.req)
  }
  if (forwarding.failure !== null) throw forwarding.failure
}
