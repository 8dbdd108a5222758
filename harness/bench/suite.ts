import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const FLOWMASTER = path.join(import.meta.dirname, '../../scenarios/chains/flowmaster')

/** A folder of generated scenario files; it is removed when it goes out of scope. */
export interface GeneratedSuite extends Disposable {
  readonly dir: string
}

/** Writes `count` scenarios of two requests each, every one a file of its own, all on FlowMaster's chain. */
export function generateSuite(count: number): GeneratedSuite {
  const dir = mkdtempSync(path.join(tmpdir(), 'chain-bench-'))
  cpSync(FLOWMASTER, path.join(dir, 'chains/flowmaster'), { recursive: true })
  mkdirSync(path.join(dir, 'generated'))
  for (let n = 0; n < count; n++) writeFileSync(path.join(dir, 'generated', `${n}.yaml`), scenarioText(n))
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) }
}

/** Writes two scenarios of one request each on FlowMaster's chain: over HTTP, and over TLS with a certificate that the run makes. */
export function generateTlsPair(): GeneratedSuite & { readonly http: string; readonly https: string } {
  const suite = generateSuite(0)
  const [http, https] = ['http', 'https'].map((name) => path.join(suite.dir, 'generated', `${name}.yaml`))
  if (http === undefined || https === undefined) throw new Error('There are two names.')
  writeFileSync(http, onePage('http', 'chain: chains/flowmaster'))
  writeFileSync(https, onePage('https', TLS_CHAIN))
  return { ...suite, http, https }
}

const TLS_CHAIN = `chain:
  from: chains/flowmaster
  site:
    replace: "listen 80 default_server;"
    with: "listen 443 ssl; ssl_certificate /etc/nginx/site.pem; ssl_certificate_key /etc/nginx/site.key;"`

function onePage(scheme: string, chain: string): string {
  return `scenario: A page over ${scheme}
${chain}
steps:
  - request: GET ${scheme}://flowmaster.example/api/v1/processes
    expect: {status: 200, backend: {service: process-design}}
`
}

function scenarioText(n: number): string {
  return `scenario: Generated ${n}
tags: [generated]
chain: chains/flowmaster
steps:
  - request: GET /api/v1/scheduling/jobs/${n}?page=${n}
    expect:
      status: 200
      nginx: {location: /api/, sends: /api/v1/scheduling/jobs/${n}?page=${n}}
      gateway: {route: /v1/scheduling/*, sends: /api/v1/schedules/jobs/${n}?page=${n}}
      backend: {service: scheduling, receives: /api/v1/schedules/jobs/${n}?page=${n}}
  - request: GET /api/v1/processes/${n}
    expect: {status: 200, backend: {service: process-design, receives: /api/v1/processes/${n}}}
`
}
