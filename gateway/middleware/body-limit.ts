import { GatewayError } from '../errors.ts'
import type { GatewayMiddleware } from '../state.ts'

/** Refuses a body that declares more than the limit; `forward.ts` counts one that declares nothing. */
export function bodyLimit(limitBytes: number): GatewayMiddleware {
  return (ctx, next) => {
    const bytes = Number(ctx.req.headers['content-length'] ?? 0)
    if (bytes > limitBytes) throw new GatewayError(413, `body of ${bytes} bytes is over the limit of ${limitBytes}`)
    return next()
  }
}
