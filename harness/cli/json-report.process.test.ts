import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { flowmaster, get } from '../environments/fixtures/flowmaster.ts'
import { simulated } from '../environments/simulated/simulated.ts'
import { compared, resultOf, step, written } from '../reporters/fixtures.ts'
import { jsonReporter, traceJson } from '../reporters/json.ts'
import { flow } from '../runner/fixtures/flow.ts'
import { variant } from '../runner/fixtures/scenarios.ts'
import { REASON_SAMPLES } from '../trace/reason-samples.ts'
import type { Trace } from '../trace/trace.ts'
import { Guide } from './fixtures/json-report-guide.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const CHAIN = path.join(import.meta.dirname, 'chain.js')
const guide = new Guide(readFileSync(path.join(ROOT, 'docs/guide/json-report.md'), 'utf8'))

const SITE = '{replace: "proxy_pass http://10.43.193.134:9000;", with: "proxy_pass http://10.43.193.134:9000'
const SUITE = {
  'passes.yaml': `scenario: A custom error page, in two passes
tags: [good]
chain: {from: chains/flowmaster, site: ${SITE}; error_page 404 /404.html; proxy_intercept_errors on; add_header X-A a always; add_header X-B b; proxy_method GET; proxy_pass_request_body off; proxy_pass_request_headers off; proxy_set_header Content-Length '';"}}
examples: [{id: "42"}]
steps:
  - request: POST /api/v1/unknown/\${id}
    headers: {authorization: Bearer hunter22}
    body: "\\u00ff"
    expect: {status: 404, gateway: {status: 404}, backend: {service: frontend-nextjs}}
  - request: GET /api/v1/processes
    expect: {status: 200, headers: {x-a: a}}
  - request: GET /api
    expect: {status: 301}
  - websocket: /ws/notifications
    send: [hello]
    expect: {messages: [hello]}
  - fault: {service: process-design, status: 503}
  - request: GET /api/v1/processes
    expect: {status: 503, headers: {x-b: absent}}
  - edit: {file: site, replace: "location / {", with: "locaton / {"}
  - reload: nginx
    expect: {refused: unknown directive}
`,
  'fails.yaml': `scenario: The slash that strips the prefix
variants:
  buggy: {chain: {from: chains/flowmaster, site: ${SITE}/;"}}, must: fail, blame: gateway}
steps:
  - request: GET /api/v1/processes
    expect: {nginx: {sends: /api/v1/processes}}
  - request: GET /
    expect: {status: 200}
`,
  'body.yaml': `scenario: Another body
chain: chains/flowmaster
steps:
  - request: GET /health
    via: gateway
    expect: {body: {json: {status: gone}}}
`,
  'unsupported.yaml': `scenario: Unsupported
chain: {from: chains/flowmaster, site: {replace: "client_max_body_size 10m;", with: "dav_methods PUT;"}}
steps:
  - request: GET /api/v1/processes
    expect: {status: 200}
`,
  'cgi.yaml': `scenario: Nginx speaks FastCGI
chain:
  from: chains/flowmaster
  site: {replace: "location / {", with: "location /app { fastcgi_param SCRIPT_NAME /app; fastcgi_pass 10.43.185.219:3000; } location / {"}
  services: {frontend-nextjs: {speaks: fastcgi}}
steps:
  - request: GET /app
    expect: {status: 200, backend: {params: {SCRIPT_NAME: /app}}}
`,
  'asking.yaml': `scenario: Nginx asks whether the request may pass
chain: {from: chains/flowmaster, site: {replace: "client_max_body_size 10m;", with: "auth_request /auth;"}}
steps:
  - request: GET /api/v1/processes
    expect: {status: 200}
`,
  'refused.yaml': `scenario: A site file that nginx refuses
chain: {from: chains/flowmaster, site: {replace: "listen 80", with: "lisen 80"}}
steps:
  - request: GET /
    expect: {status: 200}
`,
  'invalid.yaml': 'scenario: x\nsteps:\n  - requst: GET /\n',
}

let dir: string
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'chain-json-'))
  cpSync(path.join(ROOT, 'scenarios/chains/flowmaster'), path.join(dir, 'chains/flowmaster'), { recursive: true })
  for (const [file, text] of Object.entries(SUITE)) writeFileSync(path.join(dir, file), text)
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('the guide has every member of the report, and no other', async () => {
  const args = [CHAIN, 'run', '--reporter', 'json', '--traces', ...Object.keys(SUITE)]
  const { stdout } = spawnSync(process.execPath, args, { cwd: dir, encoding: 'utf8' })
  for (const report of [stdout, await disagreeing(), await stopped()]) guide.read('Report', JSON.parse(report))
  const { request, ...other } = flow({ nginx: { to: { given: '10.43.0.7' } } })
  const response = { status: 200, headers: [], body: '\xff', trailers: [['grpc-status', '0']] as const }
  guide.read('Trace', JSON.parse(traceJson({ ...other, request: { ...request, body: '\xff' }, response })))
  expect(guide.problems).toEqual([])
  expect(guide.unseen).toEqual([])
})

test('a trace in the report is the trace of the run, but for secrets, sentences and the form of bodies', async () => {
  await using world = await simulated.start(flowmaster(), { seed: 7 })
  const headers: Trace['request']['headers'] = [
    ['Host', 'flowmaster.example'],
    ['Authorization', 'Bearer hunter22'],
  ]
  for (const body of ['', 'gr\xc3\xbc\xc3\x9fe', '\xff\x00']) {
    const trace = await world.request({ ...get('/api/v1/processes?of=hunter22'), method: 'PUT', headers, body })
    expect(trace.exchanges).toHaveLength(3)
    const masked: unknown = JSON.parse(JSON.stringify(trace).replaceAll('hunter22', '***'))
    expect(withoutForm(JSON.parse(traceJson(trace)))).toStrictEqual(masked)
  }
})

/** Two environments that part, as a reporter gets them. */
async function disagreeing(): Promise<string> {
  const sending = (sends: string) => ({ request: () => flow({ gateway: { sends } }) })
  const given = { examples: [{ id: '1' }], variants: [variant({ name: 'fixed' })] }
  const { results, agreements } = await compared([step({})], [sending('/a'), sending('/b')], given)
  const gap = await compared([step({})], [{}, { start: failing }])
  return written(jsonReporter, results, { agreements: [...agreements, ...gap.agreements] })
}

/** A run that a signal stopped, after a scenario that met a bug of `chain` itself. */
async function stopped(): Promise<string> {
  const broken = await resultOf([step({})], { request: failing })
  const notRun = [{ name: 'Left', source: broken.source }]
  const saved = { ...broken, runs: broken.runs.map((run) => ({ ...run, evidence: 'evidence/01-broken' })) }
  return written(jsonReporter, [saved], { notRun, interruptedBy: 'SIGTERM' })
}

function failing(): never {
  throw new TypeError('a bug')
}

/** A trace as it was before it was written: no sentences, bodies with a character for each byte. */
function withoutForm(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(withoutForm)
  if (typeof data !== 'object' || data === null) return data
  const isReason = ('kind' in data && KINDS.has(data.kind)) || 'because' in data
  const members = Object.entries(data).flatMap(([name, value]): [string, unknown][] => {
    if (name === 'text' && isReason) return []
    if (name === 'body' && typeof value === 'string') return [['body', Buffer.from(value).toString('latin1')]]
    if (name === 'bodyBase64') return [['body', Buffer.from(String(value), 'base64').toString('latin1')]]
    return [[name, withoutForm(value)]]
  })
  return Object.fromEntries(members)
}

const KINDS = new Set<unknown>(REASON_SAMPLES.flatMap(({ facts }) => facts.map(({ kind }) => kind)))
