import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import ratelimit from 'koa-ratelimit'
import type { Principal } from '../auth/principal.ts'
import type { Clock } from '../clock.ts'
import type { RateLimitBy } from '../config/middleware-file.ts'
import type { MiddlewareConfig } from '../config.ts'
import { GatewayError } from '../errors.ts'
import type { GatewayMiddleware } from '../state.ts'
import { clientAddress } from './client-address.ts'
import { RateWindows } from './rate-windows.ts'

const NAMESPACE = 'limit'

/** Allows so many requests to the backends per caller and window of time; then 429 until the window ends. */
export function rateLimit(
  { requests, per, by, place }: NonNullable<MiddlewareConfig['rateLimit']>,
  clock: Clock,
): GatewayMiddleware {
  const windows = new RateWindows(per, clock)
  const id = ({ req, state }: Context) => callerOf(by, req, state.principal)
  const count = ratelimit({
    driver: 'memory',
    db: windows,
    max: requests,
    duration: per,
    namespace: NAMESPACE,
    id,
    disableHeader: true,
  })
  return async (ctx, next) => {
    let isAllowed = false
    await count(ctx, async () => {
      isAllowed = true
    })
    // koa-ratelimit's own headers go by the machine's clock.
    const { remaining, endsMs } = windows.of(`${NAMESPACE}:${callerOf(by, ctx.req, ctx.state.principal)}`)
    const headers = {
      'X-RateLimit-Limit': String(requests),
      'X-RateLimit-Remaining': String(Math.max(0, remaining - 1)),
      'X-RateLimit-Reset': String(Math.ceil(endsMs / 1000)),
    }
    ctx.set(headers)
    const { answer } = ctx.state.access.headerChanges
    for (const name of Object.keys(headers)) answer.note(name.toLowerCase(), 'added', 'rateLimit', place)
    if (isAllowed) return next()
    const retryAfter = String(Math.max(1, Math.ceil((endsMs - clock.now()) / 1000)))
    const why = `more than ${requests} requests in ${per / 1000} s`
    throw new GatewayError(429, why, { kind: 'rate-limit', place }, { 'Retry-After': retryAfter })
  }
}

/** Whom to count. Who does not show what is counted by is counted by address. */
function callerOf(by: RateLimitBy, request: IncomingMessage, principal: Principal | null): string {
  if (by.kind === 'api-key' && principal?.kind === 'api-key') return `key ${principal.name}`
  // An own member: every object has a `constructor`.
  const value = by.kind === 'header' && Object.hasOwn(request.headers, by.name) ? request.headers[by.name] : undefined
  return value === undefined ? `address ${clientAddress(request)}` : `header ${String(value)}`
}
