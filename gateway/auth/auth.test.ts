import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../testing/manual-clock.ts'
import { TestBackend, TestGateway } from '../testing/test-gateway.ts'

const ROUTES = `
- {path: /v1/a/*, target: BACKEND, rewrite: /a/$1}
- {path: /v1/admin/*, target: BACKEND, rewrite: /admin/$1, scopes: [admin, write]}
- {path: /v1/public/*, target: BACKEND, rewrite: /public/$1}`

let backend: TestBackend
beforeAll(async () => {
  backend = await TestBackend.start()
})
afterAll(() => backend[Symbol.asyncDispose]())

describe('API keys', () => {
  const hash = (key: string) => createHash('sha256').update(key).digest('hex')
  const AUTH = `
publicPaths: [/v1/public/*]
apiKeys:
  - {name: ci, sha256: ${hash('ci-key')}, scopes: [admin, write]}
  - {name: reader, sha256: ${hash('reader-key')}}`
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await TestGateway.start({ routes: ROUTES, auth: AUTH }, backend.port)
  })
  afterAll(() => gateway[Symbol.asyncDispose]())
  const ask = (path: string, key?: string) => {
    const asked = request(gateway.gateway.server).get(path)
    return key === undefined ? asked : asked.set('X-API-Key', key)
  }

  test('who has a key is let in, who has none is 401', async () => {
    await ask('/v1/a/x', 'reader-key').expect(200)
    await ask('/api/v1/a/x').expect(401, { detail: 'Not authenticated' }).expect('WWW-Authenticate', 'APIKey')
    expect(gateway.entries.at(-1)).toMatchObject({
      status: 401,
      route: { path: '/v1/a/*' },
      outcome: null,
      detail: 'the request has no credentials',
    })
    await ask('/v1/a/x', 'wrong').expect(401)
    await ask('/v1/a/x', hash('ci-key')).expect(401)
  })

  test('a route asks for all its scopes', async () => {
    await ask('/v1/admin/x', 'ci-key').expect(200)
    await ask('/v1/admin/x', 'reader-key').expect(403, { detail: 'Not enough permissions' })
    expect(gateway.entries.at(-1)?.detail).toBe('api-key "reader" lacks the scope "admin" of /v1/admin/*')
  })

  test('public paths and health ask nobody, but a path that only looks public does', async () => {
    for (const path of ['/v1/public/x', '/api/v1/public', '/health']) await ask(path).expect(200)
    for (const path of ['/admin/x', '/v1/publi%63/x']) await ask(path).expect(path === '/admin/x' ? 401 : 200)
    const answer = await gateway.raw('GET /v1/public/..%2fadmin/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  })

  test('a key never reaches the log', async () => {
    await ask('/v1/a/x', 'ci-key').expect(200)
    await ask('/v1/a/x', 'guess-key').expect(401)
    expect(JSON.stringify(gateway.entries)).not.toMatch(/ci-key|guess-key/)
  })
})

describe('tokens', () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = String(pair.publicKey.export({ type: 'spki', format: 'pem' }))
  const SECRET = 's'.repeat(32)
  const clock = new ManualClock()
  const nowS = () => Math.floor(clock.now() / 1000)

  const AUTHS = {
    publicKey: `jwt: {issuer: flowmaster, audience: api, algorithms: [RS256], publicKey: ${JSON.stringify(pem)}}`,
    jwks: `jwt: {issuer: flowmaster, audience: api, algorithms: [RS256], jwks: ${JSON.stringify({
      keys: [
        { ...other.publicKey.export({ format: 'jwk' }), kid: 'old' },
        { ...pair.publicKey.export({ format: 'jwk' }), kid: 'new' },
      ],
    })}}`,
    secretEnv: 'jwt: {issuer: flowmaster, audience: api, algorithms: [HS256], secretEnv: SECRET}',
  }
  const gatewayOf = (kind: keyof typeof AUTHS) =>
    TestGateway.start({ routes: ROUTES, auth: AUTHS[kind], environment: { SECRET } }, backend.port, { clock })

  interface Claims {
    alg?: string
    kid?: string
    key?: KeyObject | Uint8Array
    claims?: Record<string, unknown>
    expiresInS?: number | null
  }
  async function token({
    alg = 'RS256',
    kid,
    key = pair.privateKey,
    claims = {},
    expiresInS = 60,
  }: Claims = {}): Promise<string> {
    const jwt = new SignJWT({ iss: 'flowmaster', aud: 'api', sub: 'u1', scope: 'admin write', ...claims })
    jwt.setProtectedHeader({ alg, ...(kid !== undefined && { kid }) })
    if (expiresInS !== null) jwt.setExpirationTime(nowS() + expiresInS)
    return jwt.sign(key)
  }
  const unsigned = (claims: object) =>
    [{ alg: 'none' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
      .concat('.')

  test.each([
    ['publicKey', {}],
    ['jwks', { kid: 'new' }],
    ['secretEnv', { alg: 'HS256', key: Buffer.from(SECRET) }],
  ] as const)('a good token is let in with its scopes, keys from %s', async (kind, claims) => {
    await using gateway = await gatewayOf(kind)
    await request(gateway.gateway.server)
      .get('/v1/admin/x')
      .set('Authorization', `Bearer ${await token(claims)}`)
      .expect(200)
    const few = await token({ ...claims, claims: { scope: undefined, scopes: ['write'] } })
    await request(gateway.gateway.server).get('/v1/admin/x').set('Authorization', `bearer ${few}`).expect(403)
    expect(gateway.entries.at(-1)?.detail).toBe('jwt "u1" lacks the scope "admin" of /v1/admin/*')
  })

  test('a token that is no good is 401, and the log says why', async () => {
    await using gateway = await gatewayOf('publicKey')
    const refused = async (bad: string, why: string | RegExp) => {
      await request(gateway.gateway.server)
        .get('/v1/a/x')
        .set('Authorization', `Bearer ${bad}`)
        .expect(401, { detail: 'Not authenticated' })
        .expect('WWW-Authenticate', 'Bearer error="invalid_token"')
      expect(gateway.entries.at(-1)?.detail).toMatch(why)
      expect(gateway.entries.at(-1)?.detail).not.toContain(bad)
    }
    await refused(await token({ expiresInS: 0 }), /^token expired$/)
    await refused(await token({ expiresInS: null }), /exp/)
    await refused(await token({ claims: { iss: 'evil' } }), /iss/)
    await refused(await token({ claims: { aud: 'other' } }), /aud/)
    await refused(await token({ claims: { nbf: nowS() + 60 } }), /nbf/)
    await refused(await token({ key: other.privateKey }), /signature/)
    await refused(await token({ alg: 'RS512' }), /alg/)
    await refused(await token({ alg: 'HS256', key: Buffer.from(pem) }), /alg/)
    await refused(unsigned({ iss: 'flowmaster', aud: 'api', exp: nowS() + 60 }), /alg/)
    await refused('nonsense', /^token refused/)
  })

  test("a token expires by the gateway's clock", async () => {
    await using gateway = await gatewayOf('publicKey')
    const soon = await token({ expiresInS: 60 })
    await request(gateway.gateway.server).get('/v1/a/x').set('Authorization', `Bearer ${soon}`).expect(200)
    clock.pass(60_000)
    await request(gateway.gateway.server).get('/v1/a/x').set('Authorization', `Bearer ${soon}`).expect(401)
  })

  test('a token of a key that is not in the set, or that names another one, is refused', async () => {
    await using gateway = await gatewayOf('jwks')
    for (const kid of ['old', 'gone']) {
      await request(gateway.gateway.server)
        .get('/v1/a/x')
        .set('Authorization', `Bearer ${await token({ kid })}`)
        .expect(401)
    }
  })

  test('no token is 401 with a challenge that says how', async () => {
    await using gateway = await gatewayOf('publicKey')
    await request(gateway.gateway.server).get('/v1/a/x').expect(401).expect('WWW-Authenticate', 'Bearer')
    await request(gateway.gateway.server).get('/v1/a/x').set('Authorization', 'Basic dTpw').expect(401)
  })
})
