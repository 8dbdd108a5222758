import { expect, test } from 'vitest'
import type { Chain } from '../chain/chain.ts'
import type { ClientRequest } from '../chain/client-request.ts'
import type { WorldChange } from '../chain/world-change.ts'
import { flowmaster, get } from '../environments/fixtures/flowmaster.ts'
import { simulated } from '../environments/simulated/simulated.ts'
import { explainTrace } from './explain.ts'

const PROCESS = get('/api/v1/process-design/42')

/** What is told of a request, after some changes of the world. */
async function told(chain: Chain, request: ClientRequest, ...changes: readonly WorldChange[]): Promise<string[]> {
  await using world = await simulated.start(chain, { seed: 1 })
  for (const change of changes) await world.change(change)
  return explainTrace(await world.request(request)).map(({ hop, label, text, span }) =>
    [hop, `${label}:`, text, ...(span === null ? [] : [`(${span.file.split('/').at(-1)}:${span.line})`])].join(' '),
  )
}

test('every hop tells what it got, by which rule and why, what it changed and sent, and what came back', async () => {
  const headers = [
    ['Host', 'flowmaster.example'],
    ['Cookie', 'sid=secret'],
  ] as const
  const other = flowmaster((site) => site.replace('proxy_http', 'proxy_set_header Cookie sid=other; proxy_http'))
  const lines = await told(other, { ...PROCESS, headers })
  expect(lines).toMatchInlineSnapshot(`
    [
      "client sends: GET /api/v1/process-design/42",
      "nginx received: GET /api/v1/process-design/42",
      "nginx matched: location /api/",
      "nginx decided by: proxy_pass http://10.43.193.134:9000 (nginx.conf:12)",
      "nginx why: server_name "flowmaster.example" is the host (nginx.conf:4)",
      "nginx why: "/api/" is the longest matching prefix (nginx.conf:11)",
      "nginx why: proxy_pass has no URI part: the target goes on as the client sent it (nginx.conf:12)",
      "nginx near miss: location /: "/" matches too, but it is shorter than "/api/" (nginx.conf:34)",
      "nginx header: - cookie: sid=*** (nginx.conf:13)",
      "nginx header: + cookie: sid=*** (nginx.conf:13)",
      "nginx header: + x-real-ip: 127.0.0.1 (nginx.conf:16)",
      "nginx header: + x-forwarded-for: 127.0.0.1 (nginx.conf:17)",
      "nginx header: + x-forwarded-proto: http (nginx.conf:18)",
      "nginx sent: GET /api/v1/process-design/42 to api-gateway (10.43.193.134:9000)",
      "nginx came back: 200 {"service":"process-design","method":"GET","path":"/api/v1/processes/42"}",
      "nginx header: + server: nginx/1.22.1",
      "gateway received: GET /api/v1/process-design/42",
      "gateway decided by: route /v1/process-design/* (routes.yaml:2)",
      "gateway why: /api/v1/process-design/42 matches /v1/process-design/* without its /api and is rewritten to /api/v1/processes/$1 (routes.yaml:2)",
      "gateway near miss: route /v1/execution/*: first segment equal, then "process-design" is not "execution" (routes.yaml:6)",
      "gateway near miss: route /v1/scheduling/*: first segment equal, then "process-design" is not "scheduling" (routes.yaml:10)",
      "gateway header: - host: flowmaster.example",
      "gateway header: + host: process-design:9003",
      "gateway header: - x-forwarded-for: 127.0.0.1",
      "gateway header: + x-forwarded-for: 127.0.0.1, 10.42.0.1",
      "gateway header: + x-forwarded-host: flowmaster.example",
      "gateway header: + connection: keep-alive",
      "gateway sent: GET /api/v1/processes/42 to process-design (10.43.160.135:9003)",
      "gateway came back: 200 {"service":"process-design","method":"GET","path":"/api/v1/processes/42"}",
      "gateway header: + x-request-id: a08ff49b6f772632716c43069c43a8c3",
      "backend received: GET /api/v1/processes/42 at process-design",
      "backend answered: 200 {"service":"process-design","method":"GET","path":"/api/v1/processes/42"}, by itself",
      "client got: 200 {"service":"process-design","method":"GET","path":"/api/v1/processes/42"} in 0 ms",
    ]
  `)
})

test('a Service that nobody listens behind refuses', async () => {
  const lines = await told(flowmaster(), PROCESS, { kind: 'stop', service: 'api-gateway' })
  expect(lines).toContain('nginx came back: connection refused: nothing listens there')
})

test('an address that is no Service is silence', async () => {
  const stale = flowmaster((site) => site.replace('10.43.193.134', '10.43.193.99'))
  const lines = await told(stale, PROCESS)
  expect(lines).toContain('nginx came back: silence: the connection timed out')
  expect(lines).toContain('nginx sent: GET /api/v1/process-design/42 to no Service (10.43.193.99:9000)')
})

test('a long body is cut, no answer is said to be none', async () => {
  const answering = (directive: string) =>
    flowmaster((site) => site.replace('location / {', `location = /x { ${directive}; } location / {`))
  const long = await told(answering(`return 200 "${'é'.repeat(1000)}"`), get('/x'))
  expect(long.at(-1)).toBe(`client got: 200 ${'é'.repeat(120)}… in 0 ms`)
  expect((await told(answering('return 444'), get('/x'))).at(-1)).toBe('client got: no answer in 0 ms')
})
