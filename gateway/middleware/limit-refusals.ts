import type { Clock } from '../clock.ts'
import type { MiddlewareConfig } from '../config.ts'
import { GatewayError } from '../errors.ts'
import type { GatewayMiddleware } from '../state.ts'
import { clientAddress } from './client-address.ts'
import { RateWindows } from './rate-windows.ts'

/**
 * Counts 401s by the caller's address, apart from requests that are let in, with the figures of `rateLimit`: so that keys
 * cannot be guessed faster than they could be used. Over the limit it is 429, whatever the credentials.
 */
export function limitRefusals(
  { requests, per, place }: NonNullable<MiddlewareConfig['rateLimit']>,
  clock: Clock,
): GatewayMiddleware {
  const windows = new RateWindows(per, clock)
  return async (ctx, next) => {
    const address = clientAddress(ctx.req)
    const left = windows.get(address)?.remaining ?? requests
    if (left === 0) {
      const retryAfter = String(Math.max(1, Math.ceil((windows.of(address).endsMs - clock.now()) / 1000)))
      const why = `more than ${requests} requests that were not authenticated in ${per / 1000} s`
      throw new GatewayError(429, why, { kind: 'rate-limit', place }, { 'Retry-After': retryAfter })
    }
    try {
      await next()
    } catch (error) {
      if (error instanceof GatewayError && error.status === 401) windows.count(address, requests)
      throw error
    }
  }
}
