import { GatewayError } from '../errors.ts'
import type { Setting } from '../place.ts'
import type { GatewayMiddleware } from '../state.ts'

/** Refuses a body that declares more than the limit; `forward.ts` counts one that declares nothing. */
export function bodyLimit({ value: limitBytes, place }: Setting<number>): GatewayMiddleware {
  return (ctx, next) => {
    const bytes = Number(ctx.req.headers['content-length'] ?? 0)
    if (bytes > limitBytes) {
      const why = `body of ${bytes} bytes is over the limit of ${limitBytes}`
      throw new GatewayError(413, why, { kind: 'body-limit', place })
    }
    return next()
  }
}
