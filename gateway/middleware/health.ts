import type { GatewayConfig } from '../config.ts'
import type { GatewayMiddleware } from '../state.ts'

const PATHS: ReadonlySet<string> = new Set(['/health', '/api/health'])

/** Answers `/health`: the process is up, and with this config. It says nothing of the backends. */
export function health({ table, hash }: GatewayConfig): GatewayMiddleware {
  const body = { status: 'ok', routes: table.routes.length, configHash: hash }
  return (ctx, next) => {
    const asks = (ctx.method === 'GET' || ctx.method === 'HEAD') && PATHS.has(ctx.state.target.path)
    if (!asks) return next()
    ctx.body = body
    ctx.set('Content-Type', 'application/json')
    ctx.state.access.decidedBy = { kind: 'health', place: null }
    ctx.state.access.detail = 'answered by the health endpoint'
    return Promise.resolve()
  }
}
