import { z } from 'zod'
import { parsePattern } from '../path-pattern.ts'
import { JWT_ALGORITHMS } from './jwt-algorithms.ts'
import { mapping, textAs } from './shape.ts'

const publicPath = textAs((text) => {
  const pattern = parsePattern(text)
  return 'problem' in pattern ? pattern : { value: pattern }
})

const sha256 = textAs((text) =>
  /^[0-9a-f]{64}$/i.test(text)
    ? { value: Buffer.from(text, 'hex') }
    : { problem: 'this is no SHA-256 in hexadecimal', hint: "Make one with: printf %s 'the key' | sha256sum" },
)

const apiKey = mapping({ name: z.string().min(1), sha256, scopes: z.array(z.string().min(1)).default([]) })

const jwt = mapping({
  issuer: z.string().min(1),
  audience: z.string().min(1),
  algorithms: z.array(z.enum(JWT_ALGORITHMS)).min(1),
  secretEnv: z.string().min(1).optional(),
  publicKey: z.string().min(1).optional(),
  jwks: z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) }).optional(),
})

export type JwtShape = z.output<typeof jwt>

/** auth.yaml. */
export const AUTH = mapping({
  publicPaths: z.array(publicPath).default([]),
  apiKeys: z.array(apiKey).default([]),
  jwt: jwt.optional(),
})
