import { checkFraming } from '../request-framing.ts'
import { readTarget } from '../request-target.ts'
import type { GatewayMiddleware } from '../state.ts'

/** Refuses requests whose target or framing could be read in two ways. */
export const checkRequest: GatewayMiddleware = (ctx, next) => {
  checkFraming(ctx.req)
  ctx.state.target = readTarget(ctx.req.url ?? '')
  return next()
}
