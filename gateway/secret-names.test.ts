import { expect, test } from 'vitest'
import { isSecretHeader, isSecretName, isSecretParameter } from './secret-names.ts'

// biome-ignore format: lists of names
const SECRET = [
  'Authorization', 'proxy-authorization', 'X-Forwarded-Authorization', 'Cookie', 'Set-Cookie', 'X-API-Key', 'apikey',
  'x-goog-api-key', 'X-Auth-Token', 'x-csrf-token', 'x-amz-security-token', 'x-forwarded-access-token', 'Private-Token',
  'x-auth', 'Ocp-Apim-Subscription-Key', 'x-hub-signature-256', 'X-Session-Id', 'password', 'newPassword', 'password2', 'passwd',
  'client_secret', 'access_token', 'refreshToken', 'aws_secret_access_key', 'private_key', 'db.password', 'clientSecret',
]

// biome-ignore format: lists of names
const OPEN = [
  'x-request-id', 'etag', 'sec-websocket-key', 'sec-websocket-accept', 'idempotency-key', 'location', 'host', 'accept',
  'www-authenticate', 'x-forwarded-for', 'token_type', 'max_tokens', 'token_endpoint', 'secretName', 'passwordPolicy', 'author',
  'keyword', 'monkey', 'key', 'code', 'compass', 'id', '', 'constructor', '__proto__',
]

test.each(SECRET)('%s is secret', (name) => {
  expect([isSecretName(name), isSecretParameter(name)]).toEqual([true, true])
})

test.each(OPEN)('%j is not', (name) => {
  expect(isSecretName(name)).toBe(false)
})

test('a header that ends with key is secret, unless it is known to be none', () => {
  expect(
    ['my_key', 'X-My-Key', 'x-deploy-key', 'x-access-key-2', 'Cookie'].filter((name) => !isSecretHeader(name)),
  ).toEqual([])
  const open = [
    'sort_key',
    'partition_key',
    'Idempotency-Key',
    'sec-websocket-key',
    'key',
    'x-cache-key',
    'host',
    'keyword',
  ]
  expect(open.filter(isSecretHeader)).toEqual([])
})

test('a parameter may be secret where a header or a member is not, and encoding its name hides nothing', () => {
  expect(['code', 'key', 'sig', 'acc%65ss_token', '%zz_token'].filter((name) => !isSecretParameter(name))).toEqual([])
  expect(['keyword', 'page', 'statusCode', 'sort_key'].filter(isSecretParameter)).toEqual([])
})
