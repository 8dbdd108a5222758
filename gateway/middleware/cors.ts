import koaCors from '@koa/cors'
import type { Middleware } from 'koa'
import type { MiddlewareConfig } from '../config.ts'

/** CORS by @koa/cors. An origin that is not listed gets no CORS headers; its request goes on like any other. */
export function cors({
  origins,
  methods,
  headers,
  credentials,
  maxAge,
}: NonNullable<MiddlewareConfig['cors']>): Middleware {
  const isAny = origins.includes('*')
  return koaCors({
    origin: (ctx) => (isAny ? '*' : (origins.find((origin) => origin === ctx.get('Origin')) ?? '')),
    credentials,
    ...(methods !== undefined && { allowMethods: methods }),
    ...(headers !== undefined && { allowHeaders: headers }),
    ...(maxAge !== undefined && { maxAge: Math.floor(maxAge / 1000) }),
  })
}
