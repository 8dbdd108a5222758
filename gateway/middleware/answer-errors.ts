import { CLIENT_LEFT, detailOf, GatewayError, UpstreamError } from '../errors.ts'
import type { GatewayMiddleware } from '../state.ts'

/** Answers what the middlewares behind it throw with `{"detail": …}`, FastAPI's shape, and says why in the log. */
export const answerErrors: GatewayMiddleware = async (ctx, next) => {
  try {
    await next()
  } catch (thrown) {
    const error = thrown instanceof GatewayError ? thrown : unexpected(thrown)
    const { access } = ctx.state
    access.detail = error.message
    access.decidedBy = error.decidedBy
    if (error instanceof UpstreamError) access.outcome = error.outcome
    if (error.status === CLIENT_LEFT) access.status = CLIENT_LEFT
    if (ctx.headerSent || !ctx.writable) return
    ctx.status = error.status
    ctx.body = { detail: detailOf(error.status) }
    ctx.set({ 'Content-Type': 'application/json', ...error.headers })
  }
}

function unexpected(thrown: unknown): GatewayError {
  return new GatewayError(500, `unexpected: ${thrown instanceof Error ? thrown.message : String(thrown)}`, {
    kind: 'failure',
    place: null,
  })
}
