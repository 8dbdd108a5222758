import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseGatewayConfig } from './config.ts'

function problems(routes: string, middleware?: string, auth?: string, environment = {}) {
  const file = (name: string, text?: string) => (text === undefined ? null : { file: name, text })
  const result = parseGatewayConfig(
    {
      routes: { file: 'routes.yaml', text: routes },
      middleware: file('middleware.yaml', middleware),
      auth: file('auth.yaml', auth),
    },
    environment,
  )
  if (result.ok) return []
  return result.problems.map(
    ({ place, message, hint }) =>
      `${place.file}:${place.line}:${place.column}+${place.length}: ${message}${hint ? ` | ${hint}` : ''}`,
  )
}

const ROUTE = '- {path: /v1/a/*, target: a:1, rewrite: /api/v1/a/$1}\n'
const SEED = `- path: /v1/process-design/*
  target: process-design:9003
  rewrite: /api/v1/processes/$1

- path: /v1/execution/*
  target: execution-engine:9005
  rewrite: /api/v1/execution/$1

- path: /v1/scheduling/*
  target: scheduling:9008
  rewrite: /api/v1/schedules/$1
`

test('the routes of the knowledge page are read as they stand, as a list and under "routes"', () => {
  const indented = `routes:\n${SEED.replace(/^(?=.)/gm, '  ')}`
  for (const text of [SEED, indented]) {
    const result = parseGatewayConfig({ routes: { file: 'r', text }, middleware: null, auth: null })
    expect(result).toMatchObject({ ok: true })
    if (!result.ok) continue
    expect(result.config.table.routes.map(({ route }) => [route.path, route.target, route.rewrite])).toEqual([
      ['/v1/process-design/*', { host: 'process-design', port: 9003 }, '/api/v1/processes/$1'],
      ['/v1/execution/*', { host: 'execution-engine', port: 9005 }, '/api/v1/execution/$1'],
      ['/v1/scheduling/*', { host: 'scheduling', port: 9008 }, '/api/v1/schedules/$1'],
    ])
  }
})

test('a route knows where its path is written', () => {
  const result = parseGatewayConfig({ routes: { file: 'r.yaml', text: SEED }, middleware: null, auth: null })
  expect(result.ok && result.config.table.routes[1]?.route.place).toEqual({
    file: 'r.yaml',
    line: 5,
    column: 9,
    length: 15,
  })
})

test.each([
  ['', ['routes.yaml:1:1+1: the file is empty']],
  ['# nothing\n', ['routes.yaml:1:1+1: the file is empty']],
  ['[]', ['routes.yaml:1:1+2: there is no route']],
  [
    'routs: []',
    ['routes.yaml:1:1+9: "routes" is missing', 'routes.yaml:1:1+5: unknown key "routs" | Did you mean "routes"?'],
  ],
  [
    '- {path: /v1/a, target: a:1, rewite: /b}',
    ['routes.yaml:1:3+38: "rewrite" is missing', 'routes.yaml:1:30+6: unknown key "rewite" | Did you mean "rewrite"?'],
  ],
  [
    `${ROUTE}- {path: /v1/a/*, target: b:2, rewrite: /x}`,
    ['routes.yaml:2:10+7: the route at routes.yaml:1:10 already takes "/v1/a/*" | Keep one of the two.'],
  ],
  [
    '- {path: "/v1/{x}/a", target: a:1, rewrite: /b}\n- {path: "/v1/{y}/a", target: a:1, rewrite: /c}',
    ['routes.yaml:2:10+11: the route at routes.yaml:1:10 already takes "/v1/{y}/a" | Keep one of the two.'],
  ],
  [
    '- {path: /v1/a/*, target: a:1, rewrite: /b/$2}',
    ['routes.yaml:1:41+5: "rewrite": "$2" is no capture of the path: the path captures path'],
  ],
  [
    '- {path: "/v1/{tenant}", target: a:1, rewrite: "/b/{tenent}"}',
    [
      'routes.yaml:1:48+13: "rewrite": "{tenent}" is no capture of the path: the path captures tenant | Did you mean "tenant"?',
    ],
  ],
  [
    '- {path: /api/v1/a, target: a:1, rewrite: /b}',
    [
      'routes.yaml:1:10+9: "path": "/api/v1/a" begins with /api, which is not part of the match | Write "/v1/a": it takes requests with and without /api.',
    ],
  ],
  [
    '- {path: /v1/a, target: http://a:1, rewrite: /b}',
    ['routes.yaml:1:25+10: "target": "http://a:1" is no target | Write host:port, such as process-design:9003.'],
  ],
  [
    '- {path: /v1/a, target: https://a:443, rewrite: /b}',
    [
      'routes.yaml:1:25+13: "target": "https://a:443" asks for TLS, which the gateway does not speak to services | Write host:port of a port that takes plain HTTP.',
    ],
  ],
  [
    '- {path: /v1/a, target: a:70000, rewrite: /b}',
    ['routes.yaml:1:25+7: "target": "a:70000" is no target | Write host:port, such as process-design:9003.'],
  ],
  [
    '- {path: "/v1/*/a", target: a:1, rewrite: /b}',
    ['routes.yaml:1:10+9: "path": "*" stands for the rest of the path and must come last'],
  ],
  [
    '- {path: "/v1/a*", target: a:1, rewrite: /b}',
    ['routes.yaml:1:10+8: "path": "a*" mixes text with a capture | A {name} or a * takes a whole segment.'],
  ],
  [
    '- {path: /v1/a, target: a:1, rewrite: /b, timeout: 30}',
    ['routes.yaml:1:52+2: "timeout" must be a text, not a number'],
  ],
  [
    '- {path: /v1/a, target: a:1, rewrite: /b, timeout: 30x}',
    ['routes.yaml:1:52+3: "timeout": "30x" is no duration | Write a number with a unit: 500ms, 30s, 5m or 1h.'],
  ],
  [
    '- {path: /v1/a, target: a:1, rewrite: "/b c"}',
    ['routes.yaml:1:39+6: "rewrite": "/b c" has a character that a request target cannot carry | Percent-encode it.'],
  ],
  [
    '- {path: /v1/a, target: a:1, rewrite: /b}\n- just text',
    ['routes.yaml:2:3+9: the item must be a mapping, not a text'],
  ],
  [
    '- {path: /v1/a, path: /v1/b, target: a:1, rewrite: /b}',
    ['routes.yaml:1:17+4: "path" is already written in this mapping | Keep one of the two.'],
  ],
  ['- *nobody', ['routes.yaml:1:1+1: Unresolved alias (the anchor must be set before the alias): nobody']],
  ['a: 1\n---\nb: 2', ['routes.yaml:2:1+3: a second YAML document begins here']],
])('routes.yaml %j is refused', (text, expected) => {
  expect(problems(text)).toEqual(expected)
})

test('two routes that send the same paths to different places are refused, aliases of one backend are not', () => {
  const second = (target: string) => `${ROUTE}- {path: /v1/b/*, target: ${target}, rewrite: "/api/v1/a/{path}"}`
  expect(problems(second('a:1'))).toEqual([])
  expect(problems(second('b:2'))).toEqual([
    expect.stringContaining(
      'a request for "/api/v1/a/{path}" itself could belong to this route or to the one at routes.yaml:1:10',
    ),
  ])
  expect(problems(`${ROUTE}- {path: /v1/b/*, target: b:2, rewrite: /api/v1/a/b/$1}`)).toEqual([])
})

test('all problems of all files come at once', () => {
  expect(
    problems('- {path: v1, target: a, rewrite: /b}', 'bodyLimt: 1mb\ntimeouts: {connect: soon}', 'publicPaths: v1'),
  ).toHaveLength(5)
})

test('a large or deep or multiplying file is refused at once', () => {
  expect(problems('#'.repeat(1024 * 1024 + 1))).toEqual([expect.stringContaining('more than 1 MiB')])
  expect(problems('['.repeat(100_000))).toEqual([expect.stringContaining('nested more than')])
  const bomb = [
    'a: &a [x]',
    ...'bcdefghijklmnop'
      .split('')
      .map((name, at) => `${name}: &${name} [*${'abcdefghijklmno'[at]}, *${'abcdefghijklmno'[at]}]`),
  ]
  expect(problems(bomb.join('\n'))).toEqual([expect.stringContaining('Excessive alias count')])
  expect(problems(Array.from({ length: 50_000 }, (_, at) => `k${at}: 1`).join('\n')).length).toBeLessThanOrEqual(100)
})

test.each([
  [
    'bodyLimit: 1 mb',
    ['middleware.yaml:1:12+4: "bodyLimit": "1 mb" is no size | Write a number with a unit: 512b, 64kb, 1mb or 2gb.'],
  ],
  [
    'requestHeaders: {set: {Content-Length: "1"}}',
    ['middleware.yaml:1:24+14: "Content-Length" belongs to the connection and is not for a config to decide'],
  ],
  ['requestHeaders: {sett: {}}', ['middleware.yaml:1:18+4: unknown key "sett" | Did you mean "set"?']],
  ['responseHeaders: {set: {X-A: "a\\nb"}}', ['middleware.yaml:1:30+6: "X-A": "a\\nb" is no header value']],
  [
    'cors: {origins: ["*"], credentials: true}',
    ['middleware.yaml:1:37+4: "credentials": credentials cannot be allowed to every origin'],
  ],
  ['rateLimit: {requests: 0, per: 1m}', [expect.stringContaining('middleware.yaml:1:23+1: "requests"')]],
  [
    'rateLimit: {requests: 1, per: 1m, by: "header:"}',
    ['middleware.yaml:1:39+9: "by": "header:" is nothing to count by | Write ip, api-key or header:NAME.'],
  ],
  ['timeouts: {read: 0s}', [expect.stringContaining('"0s" is no duration')]],
])('middleware.yaml %j is refused', (text, expected) => {
  expect(problems(ROUTE, text)).toEqual(expected)
})

const KEY = `apiKeys: [{name: ci, sha256: ${'ab'.repeat(32)}}]`
const JWT = (rest: string) => `jwt: {issuer: i, audience: a, ${rest}}`

test.each([
  ['publicPaths: []', ['auth.yaml:1:1+15: there is neither an API key nor "jwt": nobody could be let in']],
  ['apiKeys: [{name: ci, sha256: secret}]', [expect.stringContaining('this is no SHA-256 in hexadecimal')]],
  [
    `${KEY}\npublicPaths: [open]`,
    ['auth.yaml:2:15+4: "publicPaths": "open" does not begin with a slash | Write "/open".'],
  ],
  [JWT('algorithms: [none], secretEnv: S'), [expect.stringContaining('"algorithms" must be one of HS256')]],
  [JWT('algorithms: [HS256]'), [expect.stringContaining('exactly one of secretEnv, publicKey and jwks')]],
  [JWT('algorithms: [HS256], secretEnv: UNSET'), ['auth.yaml:1:63+5: the environment variable UNSET is not set']],
  [JWT('algorithms: [HS256], secretEnv: SHORT'), [expect.stringContaining('fewer than 32 bytes')]],
  [JWT('algorithms: [RS256], secretEnv: LONG'), ['auth.yaml:1:44+5: no key of "secretEnv" is for RS256']],
  [JWT('algorithms: [RS256], publicKey: nonsense'), [expect.stringContaining('this is no public key')]],
  [
    JWT('algorithms: [HS256], jwks: {keys: [{kty: oct, k: c2VjcmV0}]}'),
    [expect.stringContaining('this is no public key')],
  ],
])('auth.yaml %j is refused', (text, expected) => {
  expect(problems(ROUTE, undefined, text, { SHORT: 'short', LONG: 'x'.repeat(32) })).toEqual(expected)
})

test('scopes without auth.yaml are refused: nothing would check them', () => {
  expect(problems('- {path: /v1/a, target: a:1, rewrite: /b, scopes: [x]}')).toEqual([
    expect.stringContaining('there is no auth.yaml'),
  ])
})

const FULL = {
  routes: `${SEED}- {path: "/v1/{tenant}/x", target: a:1, rewrite: "/{tenant}", timeout: 5s, scopes: [a]}`,
  middleware:
    'requestHeaders: {set: {X-A: b}, remove: [X-B]}\ncors: {origins: ["*"]}\nrateLimit: {requests: 1, per: 1m}\nbodyLimit: 1mb\n',
  auth: `publicPaths: [/v1/open/*]\n${KEY}\n`,
}

test('whatever is done to a config, it is read or refused with places, and never throws', () => {
  const noise = fc.oneof(
    fc.constantFrom('{', '}', '[', ']', ':', '- ', '*', '&a', '\t', '\n', '"', '#', '|', '!!', '%', '\0', '? ', '<<: '),
    fc.string({ maxLength: 5 }),
  )
  const damaged = (text: string) =>
    fc
      .array(fc.tuple(fc.nat(text.length), fc.nat(8), noise), { maxLength: 4 })
      .map((cuts) => cuts.reduce((left, [at, length, put]) => left.slice(0, at) + put + left.slice(at + length), text))
  fc.assert(
    fc.property(damaged(FULL.routes), damaged(FULL.middleware), damaged(FULL.auth), (routes, middleware, auth) => {
      const result = parseGatewayConfig(
        {
          routes: { file: 'r', text: routes },
          middleware: { file: 'm', text: middleware },
          auth: { file: 'a', text: auth },
        },
        {},
      )
      const texts = { r: routes, m: middleware, a: auth }
      for (const { place, message } of result.ok ? [] : result.problems) {
        const lines = texts[place.file === 'r' ? 'r' : place.file === 'm' ? 'm' : 'a'].split('\n')
        expect(message).not.toBe('')
        expect(place.line).toBeGreaterThanOrEqual(1)
        expect(place.line).toBeLessThanOrEqual(lines.length)
        expect(Math.min(place.column, place.length)).toBeGreaterThanOrEqual(1)
      }
    }),
    { numRuns: 500 },
  )
})

test('a public path that lets in a scoped route by its rewritten form is a problem of auth.yaml', () => {
  const routes = '- {path: /v1/process-design/*, target: a:1, rewrite: /api/v1/processes/$1, scopes: [read]}\n'
  const auth = (paths: string) => `publicPaths: [${paths}]\napiKeys: [{name: a, sha256: ${'f'.repeat(64)}}]\n`
  const told = [
    'auth.yaml:1:15+18: this public path lets in "/v1/process-design/*" without its scopes, by its rewritten form "/api/v1/processes/$1" | Make the public path narrower, or give the route another "rewrite".',
  ]
  expect(problems(routes, undefined, auth('"/v1/processes/*"'))).toHaveLength(1)
  expect(problems(routes, undefined, auth('/v1/processes/open'))).toEqual(told)
  expect(problems(routes, undefined, auth('"/v1/processes/{any}/open"'))).toHaveLength(1)
  // The route's own path, a path that it never sends, one that opens both, and one that another route takes.
  expect(problems(routes, undefined, auth('/v1/process-design/*, /v1/other/*, /v1/*, "/v1/{any}/open"'))).toEqual([])
  const taken = `${routes}- {path: /v1/processes/*, target: b:1, rewrite: /b/$1}\n`
  expect(problems(taken, undefined, auth('/v1/processes/*'))).toEqual([])
})

test('a unit or a variable that is called as members of objects are is none', () => {
  expect(problems(ROUTE, 'bodyLimit: 5constructor\n')).toHaveLength(1)
  expect(problems(ROUTE, 'timeouts: {read: 5toString}\n')).toHaveLength(1)
  const jwt = 'jwt: {issuer: i, audience: a, algorithms: [HS256], secretEnv: constructor}\n'
  expect(problems(ROUTE, undefined, jwt)).toEqual([
    expect.stringContaining('the environment variable constructor is not set'),
  ])
})
