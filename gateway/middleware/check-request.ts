import { checkFraming, checkRequestLine } from '../request-framing.ts'
import { readTarget } from '../request-target.ts'
import type { GatewayMiddleware } from '../state.ts'

/** Refuses requests whose target or framing could be read in two ways, and what no HTTP/1 client has to send. */
export const checkRequest: GatewayMiddleware = (ctx, next) => {
  checkRequestLine(ctx.req)
  checkFraming(ctx.req)
  ctx.state.target = readTarget(ctx.req.url ?? '')
  return next()
}
