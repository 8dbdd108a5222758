import type { ServerResponse } from 'node:http'
import koaCors from '@koa/cors'
import type { CorsPlaces, MiddlewareConfig } from '../config/middleware-config.ts'
import type { HeaderChanges } from '../header-changes.ts'
import type { GatewayMiddleware } from '../state.ts'

/** CORS by @koa/cors. An origin that is not listed gets no CORS headers; its request goes on like any other. */
export function cors({
  origins,
  methods,
  headers,
  credentials,
  maxAge,
  places,
}: NonNullable<MiddlewareConfig['cors']>): GatewayMiddleware {
  const isAny = origins.includes('*')
  const answer = koaCors({
    origin: (ctx) => (isAny ? '*' : (origins.find((origin) => origin === ctx.get('Origin')) ?? '')),
    credentials,
    ...(methods !== undefined && { allowMethods: methods }),
    ...(headers !== undefined && { allowHeaders: headers }),
    ...(maxAge !== undefined && { maxAge: Math.floor(maxAge / 1000) }),
  })
  return async (ctx, next) => {
    const { access } = ctx.state
    let isPreflight = true
    await answer(ctx, () => {
      isPreflight = false
      noteHeaders(ctx.res, places, access.headerChanges.answer)
      return next()
    })
    if (!isPreflight) return
    noteHeaders(ctx.res, places, access.headerChanges.answer)
    access.decidedBy = { kind: 'preflight', place: places.cors }
    access.detail = 'a CORS preflight, answered by the gateway'
  }
}

/** The key of `cors` that each header comes from. */
const KEYS: ReadonlyMap<string, keyof CorsPlaces> = new Map([
  ['vary', 'origins'],
  ['access-control-allow-origin', 'origins'],
  ['access-control-allow-credentials', 'credentials'],
  ['access-control-allow-methods', 'methods'],
  ['access-control-allow-headers', 'headers'],
  ['access-control-max-age', 'maxAge'],
])

function noteHeaders(response: ServerResponse, places: CorsPlaces, changes: HeaderChanges): void {
  for (const [name, key] of KEYS) {
    if (response.hasHeader(name)) changes.note(name, 'added', 'cors', places[key])
  }
}
