import type { HeaderEdits } from '../config/units.ts'
import type { GatewayMiddleware } from '../state.ts'

/** The config's edits on what the gateway answers by itself; `forward.ts` makes them on what a backend answers. */
export function responseHeaders({ set, remove }: HeaderEdits): GatewayMiddleware {
  return async (ctx, next) => {
    await next()
    if (ctx.headerSent) return
    for (const name of remove) ctx.remove(name)
    ctx.set(set)
  }
}
