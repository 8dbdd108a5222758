import type { Middleware } from 'koa'
import type { AccessDraft } from './access-entry.ts'
import type { Principal } from './auth/principal.ts'
import type { RouteMatch } from './match-route.ts'
import type { RequestTarget } from './request-target.ts'

/** What the middlewares find out about a request, in the order in which `app.ts` lists them. */
export interface GatewayState {
  access: AccessDraft
  target: RequestTarget
  match: RouteMatch
  /** Null on a public path and without auth.yaml. */
  principal: Principal | null
}

export type GatewayMiddleware = Middleware<GatewayState>
