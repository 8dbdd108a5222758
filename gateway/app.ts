import { Agent, type Server } from 'node:http'
import Koa from 'koa'
import type { AccessEntry } from './access-entry.ts'
import { accessLog } from './access-log.ts'
import { type Clock, systemClock } from './clock.ts'
import type { GatewayConfig } from './config.ts'
import { forward } from './forward.ts'
import { createHttpServer } from './http-server.ts'
import { answerErrors } from './middleware/answer-errors.ts'
import { authenticate } from './middleware/authenticate.ts'
import { bodyLimit } from './middleware/body-limit.ts'
import { checkRequest } from './middleware/check-request.ts'
import { cors } from './middleware/cors.ts'
import { health } from './middleware/health.ts'
import { limitRefusals } from './middleware/limit-refusals.ts'
import { rateLimit } from './middleware/rate-limit.ts'
import { requestId } from './middleware/request-id.ts'
import { responseHeaders } from './middleware/response-headers.ts'
import { routeRequest } from './middleware/route-request.ts'
import type { GatewayMiddleware, GatewayState } from './state.ts'

export interface GatewayOptions {
  /** From `parseGatewayConfig`. It is only read: one config may serve many gateways. */
  readonly config: GatewayConfig
  /**
   * Told of every request once, when its response has been handed over or its connection is gone. A client that reads
   * quickly may have the whole response a moment earlier.
   */
  readonly onAccess: (entry: AccessEntry) => void
  /** How it connects to backends; a keep-alive agent of its own where it is left out. */
  readonly agent?: Agent
  /** Where all its timeouts, rate windows and token ages come from; the machine's clock where it is left out. */
  readonly clock?: Clock
}

/** A gateway that is ready to take connections: by `server.listen`, or by the server's `connection` event. */
export interface Gateway {
  readonly server: Server
  readonly configHash: string
  /** Takes no more connections, finishes what is running, closes idle ones. */
  close(): Promise<void>
}

/** Puts a gateway together. Reading and compiling the config is done before: this is cheap. */
export function createGateway({ config, onAccess, agent, clock = systemClock }: GatewayOptions): Gateway {
  const backends = agent ?? new Agent(AGENT_OPTIONS)
  const app = new Koa<GatewayState>()
  for (const middleware of middlewares(config, onAccess, backends, clock)) app.use(middleware)
  // `answerErrors` answers everything that is thrown; what is left are sockets that close while they are written to.
  app.on('error', () => undefined)
  const { server, close } = createHttpServer(app.callback(), onAccess)
  return {
    server,
    configHash: config.hash,
    async close() {
      await close()
      if (agent === undefined) backends.destroy()
    },
  }
}

/** uvicorn closes a connection that is idle for 5 s; to write to it at that moment would fail. */
export const AGENT_OPTIONS = { keepAlive: true, timeout: 4_000 }

/** What happens to a request, in order. */
function middlewares(
  config: GatewayConfig,
  onAccess: GatewayOptions['onAccess'],
  agent: Agent,
  clock: Clock,
): GatewayMiddleware[] {
  const { middleware, auth } = config
  const steps: (GatewayMiddleware | null)[] = [
    accessLog(onAccess, clock),
    requestId(middleware.requestIdHeader),
    middleware.responseHeaders && responseHeaders(middleware.responseHeaders),
    // Before authentication: a preflight carries no credentials (Fetch standard, "CORS-preflight fetch").
    middleware.cors && cors(middleware.cors),
    answerErrors,
    checkRequest,
    health(config),
    routeRequest(config.table),
    auth && middleware.rateLimit && limitRefusals(middleware.rateLimit, clock),
    auth && authenticate(auth, clock),
    // After it: callers are counted by who they proved to be.
    middleware.rateLimit && rateLimit(middleware.rateLimit, clock),
    middleware.bodyLimitBytes === null ? null : bodyLimit(middleware.bodyLimitBytes),
    forward({ table: config.table, middleware, agent, clock }),
  ]
  return steps.filter((step) => step !== null)
}
