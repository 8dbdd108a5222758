import { randomUUID } from 'node:crypto'
import type { Setting } from '../place.ts'
import type { GatewayMiddleware } from '../state.ts'

/** What a request id may look like: it is copied into logs, headers and commands. */
const REQUEST_ID = /^[A-Za-z0-9._~+/=:@-]{1,128}$/

/** Keeps the id that a request brings, or makes one; the response carries it too. */
export function requestId({ value: header, place }: Setting<string>): GatewayMiddleware {
  return (ctx, next) => {
    const brought = ctx.req.headers[header]
    const id = typeof brought === 'string' && REQUEST_ID.test(brought) ? brought : randomUUID()
    ctx.state.access.requestId = id
    ctx.res.setHeader(header, id)
    ctx.state.access.headerChanges.answer.note(header, 'added', 'requestId', place)
    return next()
  }
}
