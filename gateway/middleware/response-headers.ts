import type { HeaderEdits } from '../config/units.ts'
import type { GatewayMiddleware } from '../state.ts'

/** The config's edits on what the gateway answers by itself; `forward.ts` makes them on what a backend answers. */
export function responseHeaders({ set, remove }: HeaderEdits): GatewayMiddleware {
  return async (ctx, next) => {
    await next()
    if (ctx.headerSent) return
    const { answer } = ctx.state.access.headerChanges
    for (const { name, place } of remove) {
      if (!ctx.res.hasHeader(name)) continue
      ctx.remove(name)
      answer.note(name, 'dropped', 'responseHeaders', place)
    }
    for (const { name, value, place } of set) {
      answer.note(name, ctx.res.hasHeader(name) ? 'changed' : 'added', 'responseHeaders', place)
      ctx.set(name, value)
    }
  }
}
