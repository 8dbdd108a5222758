import { z } from 'zod'
import type { TextProblem } from '../path-pattern.ts'
import { mapping, textAs } from './shape.ts'
import { duration, headerEdits, headerName, size } from './units.ts'

const origin = z.string().refine((text) => text === '*' || /^[a-z][a-z0-9+.-]*:\/\/[^/\s]+$/i.test(text), {
  error: 'an origin is "*" or scheme://host[:port] without a path',
})

const cors = mapping({
  origins: z.array(origin).min(1),
  methods: z.array(z.string().regex(/^[A-Z]+$/, { error: 'a method is written in capitals' })).optional(),
  headers: z.array(headerName).optional(),
  credentials: z.boolean().default(false),
  maxAge: duration.optional(),
}).refine(({ origins, credentials }) => !credentials || !origins.includes('*'), {
  // @koa/cors would then allow whatever origin asks, with its cookies (Fetch standard, "CORS protocol and credentials").
  error: 'credentials cannot be allowed to every origin',
  path: ['credentials'],
})

/** Whom a rate limit counts. */
export type RateLimitBy =
  | { readonly kind: 'ip' }
  | { readonly kind: 'api-key' }
  | { readonly kind: 'header'; readonly name: string }

const by = textAs((text): { value: RateLimitBy } | TextProblem => {
  if (text === 'ip' || text === 'api-key') return { value: { kind: text } }
  const name = /^header:([!#$%&'*+.^_`|~0-9A-Za-z-]+)$/.exec(text)?.[1]
  return name === undefined
    ? { problem: `"${text}" is nothing to count by`, hint: 'Write ip, api-key or header:NAME.' }
    : { value: { kind: 'header', name: name.toLowerCase() } }
})

const rateLimit = mapping({ requests: z.int().min(1), per: duration, by: by.default({ kind: 'ip' }) })

/** middleware.yaml. */
export const MIDDLEWARE = mapping({
  requestHeaders: headerEdits.optional(),
  responseHeaders: headerEdits.optional(),
  cors: cors.optional(),
  rateLimit: rateLimit.optional(),
  bodyLimit: size.optional(),
  requestId: mapping({ header: headerName }).optional(),
  timeouts: mapping({ connect: duration.optional(), read: duration.optional() }).optional(),
})

/** How long a backend may take, in ms. Nginx gives up on the gateway after 60 s: the gateway answers before that. */
export const DEFAULT_TIMEOUTS = { connectMs: 5_000, readMs: 30_000 }
export const DEFAULT_REQUEST_ID_HEADER = 'x-request-id'
