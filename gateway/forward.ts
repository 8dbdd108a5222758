import type { Agent, ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { ParameterizedContext } from 'koa'
import type { Clock } from './clock.ts'
import type { MiddlewareConfig } from './config.ts'
import { forwardHeaders } from './forward-headers.ts'
import { Forwarding, type ForwardingPlan } from './forwarding.ts'
import { type ProxyOptions, proxies } from './koa-proxies.ts'
import { expectsContinue } from './request-framing.ts'
import type { Route, RouteTable } from './route-table.ts'
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
  readonly table: RouteTable
  readonly middleware: MiddlewareConfig
  readonly agent: Agent
  readonly clock: Clock
}

/** What is known of every request of a route, before the first one comes. */
interface RoutePlan extends ForwardingPlan {
  /** For a request with a body, and for one without. */
  readonly withBody: ProxyOptions
  readonly withoutBody: ProxyOptions
}

/** Sends a request to its route's backend and the answer back. What keeps it from one is thrown as a GatewayError. */
export function forward({ table, middleware, agent, clock }: ForwardOptions): GatewayMiddleware {
  const { requestHeaders: edits, requestIdHeader } = middleware
  const plans = new Map(table.routes.map(({ route }) => [route, planOf(route, middleware, agent)]))
  return async (ctx) => {
    const { access, match, target: received } = ctx.state
    const { route } = match
    const { target } = route
    const plan = plans.get(route) ?? planOf(route, middleware, agent)
    const sends = access.sends ?? received.path
    const host = received.authority ?? ctx.req.headers.host ?? ''
    const { request: requestChanges, answer: changes } = access.headerChanges
    const forwarded = { target, requestId: access.requestId, requestIdHeader, host, edits }
    const headers = forwardHeaders(ctx.req, forwarded, requestChanges)
    const forwarding = new Forwarding(ctx.req, ctx.res, { sends, headers, plan, changes, clock })
    sendings.set(ctx.req, { forwarding, options: forwarding.hasBody ? plan.withBody : plan.withoutBody })
    access.upstream = target
    if (expectsContinue(ctx.req)) ctx.res.writeContinue()
    await run(ctx, forwarding)
    access.outcome = 'answered'
  }
}

function planOf(
  { target, timeoutMs, places }: Route,
  { timeouts, bodyLimitBytes: bodyLimit, responseHeaders: responseEdits }: MiddlewareConfig,
  agent: Agent,
): RoutePlan {
  const readMs = timeoutMs === undefined ? timeouts.readMs : { value: timeoutMs, place: places.timeout }
  const to = { protocol: 'http:', hostname: target.host, port: target.port } as const
  const options = { target: to, agent, toProxy: true, ignorePath: true, selfHandleResponse: true, events }
  return {
    upstream: {
      name: `${target.host}:${target.port}`,
      places: { target: places.target, connectTimeout: timeouts.connectMs.place, readTimeout: readMs.place },
    },
    connectMs: timeouts.connectMs.value,
    readMs: readMs.value,
    bodyLimit,
    responseEdits,
    withBody: options,
    withoutBody: { ...options, buffer: NO_BODY },
  }
}

/** Stands for a body that is not there: the forwarding ends the request when it has written its head. */
const NO_BODY: NonNullable<ProxyOptions['buffer']> = { pipe: () => undefined }

async function run(ctx: ParameterizedContext, forwarding: Forwarding): Promise<void> {
  // http-proxy takes both from the request itself. It copies headers into a plain object, where one called `__proto__`
  // would get lost, and joins `//` in paths: the forwarding sets them.
  ctx.req.headers = {}
  ctx.req.url = '/'
  try {
    sendBy(ctx).catch(forwarding.crash)
    forwarding.watchBody()
    await forwarding.ended
  } finally {
    forwarding.settle()
    // By hand: a map that only the garbage collector empties makes it slow.
    sendings.delete(ctx.req)
  }
  if (forwarding.failure !== null) throw forwarding.failure
}

/**
 * Hands a request to koa-proxies. It makes an error, with its stack, of every response that closes, of a whole one too: that
 * alone is a tenth of what a request costs. The forwarding knows itself how a response ended, so the listener goes.
 * @returns what rejects where koa-proxies throws
 */
function sendBy(ctx: ParameterizedContext): Promise<unknown> {
  const { res }: { res: ServerResponse } = ctx
  const before = res.listenerCount('close')
  const sent = send(ctx, nothing)
  for (const added of res.listeners('close').slice(before)) res.off('close', added as () => void)
  return sent
}
