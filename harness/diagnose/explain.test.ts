import { expect, test } from 'vitest'
import { at, flow, SITE } from '../runner/fixtures/flow.ts'
import { explainTrace } from './explain.ts'

function told(...options: Parameters<typeof flow>): string[] {
  return explainTrace(flow(...options)).map(({ hop, label, text, span }) =>
    [hop, `${label}:`, text, ...(span === null ? [] : [`(${span.file}:${span.line})`])].join(' '),
  )
}

test('every hop tells what it got, by which rule and why, what it changed and sent, and what came back', () => {
  const lines = told({
    headers: [
      ['Host', 'flowmaster.example'],
      ['Cookie', 'sid=secret'],
      ['Connection', 'Upgrade'],
    ],
    nginx: {
      sentHeaders: [
        ['host', 'flowmaster.example'],
        ['Cookie', 'sid=other'],
        ['X-Real-IP', '127.0.0.1'],
      ],
      reasons: [{ kind: 'longest-prefix', name: '/api/', forbidsRegexes: false, span: at(SITE, 13) }],
      nearMisses: [
        { rule: { text: 'location /', span: at(SITE, 7) }, because: { kind: 'shorter', name: '/', winner: '/api/' } },
      ],
    },
  })
  expect(lines).toEqual([
    'client sends: GET /api/v1/processes/42',
    'nginx received: GET /api/v1/processes/42',
    'nginx matched: location /api/',
    `nginx decided by: proxy_pass http://10.43.193.134:9000 (${SITE}:14)`,
    `nginx why: "/api/" is the longest matching prefix (${SITE}:13)`,
    `nginx near miss: location /: "/" matches too, but it is shorter than "/api/" (${SITE}:7)`,
    'nginx header: - cookie: sid=***',
    'nginx header: + cookie: sid=***',
    'nginx header: - connection: Upgrade',
    'nginx header: + x-real-ip: 127.0.0.1',
    'nginx sent: GET /api/v1/processes/42 to api-gateway (10.43.193.134:9000)',
    'nginx came back: 200 {"ok":true}',
    'gateway received: GET /api/v1/processes/42',
    'gateway decided by: route /v1/process-design/* (chains/flowmaster/gateway-config/routes.yaml:1)',
    'gateway sent: GET /api/v1/processes/42 to process-design (10.43.7.3:9003)',
    'gateway came back: 200 {"ok":true}',
    'backend received: GET /api/v1/processes/42 at process-design',
    'backend answered: 200 {"ok":true}, by itself',
    'client got: 200 {"ok":true} in 3 ms',
  ])
})

test.each([
  ['refused', 'connection refused: nothing listens there'],
  ['connect-timeout', 'silence: the connection timed out'],
  ['reset', 'the connection was closed in the middle'],
] as const)('%s is told as "%s"', (outcome, words) => {
  const lines = told({ status: 502, nginx: { outcome, to: { service: null } }, gateway: null, backend: null })
  expect(lines).toContain(`nginx came back: ${words}`)
  expect(lines).toContain('nginx sent: GET /api/v1/processes/42 to no Service (10.43.193.134:9000)')
})

test('a long body is cut, no answer is said to be none', () => {
  expect(told({ body: 'é'.repeat(10_000) }).at(-1)).toBe(`client got: 200 ${'é'.repeat(120)}… in 3 ms`)
  expect(told({ status: null }).at(-1)).toBe('client got: no answer in 3 ms')
})
