import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Source } from '../diagnostics/source.ts'
import { compileSite } from '../nginx/compile-site.ts'
import { loadSiteFile } from '../nginx/load-site-file.ts'
import type { NginxRequest, Site } from '../nginx/site.ts'
import { median } from './whole-process.ts'

const FLOWMASTER = path.join(import.meta.dirname, '../../scenarios/chains/flowmaster/nginx.conf')
const ROUNDS = 9
const DECISIONS = 50_000
const WARM_ROUNDS = 10
const MEBIBYTE = 1024 * 1024

/** What the nginx model costs by itself: one decision, more locations, and reading. */
export interface NginxCost {
  readonly perSecond: number
  readonly usAmong10: number
  readonly usAmong1000: number
  readonly ratio: number
  readonly parseMs: number
}

/** Measures decisions without anything around them, on FlowMaster's site and on generated ones, and the reading of 1 MiB of sites. */
export function benchNginx(): NginxCost {
  const flowmaster = timeDecisions(compile(readFileSync(FLOWMASTER, 'utf8')), (n) => `/api/v1/processes/${n}?page=${n}`)
  const among10 = compile(siteOf(10))
  const among1000 = compile(siteOf(1_000))
  const rounds = Array.from({ length: ROUNDS }, () => ({
    among10: timeDecisions(among10, (n) => `/p${n % 10}/a/b`),
    among1000: timeDecisions(among1000, (n) => `/p${n % 1_000}/a/b`),
  }))
  const large = siteOf(1_000).repeat(Math.ceil(MEBIBYTE / siteOf(1_000).length))
  return {
    perSecond: 1_000_000 / flowmaster,
    usAmong10: median(rounds.map(({ among10 }) => among10)),
    usAmong1000: median(rounds.map(({ among1000 }) => among1000)),
    ratio: median(rounds.map(({ among10, among1000 }) => among1000 / among10)),
    parseMs: median(Array.from({ length: ROUNDS }, () => timeParse(large))),
  }
}

/** Microseconds of processor time for one decision. */
function timeDecisions(site: Site, target: (n: number) => string): number {
  const requests = Array.from({ length: 1_000 }, (_, n) => requestTo(target(n)))
  for (let warm = 0; warm < WARM_ROUNDS; warm++) decideAll(site, requests)
  const started = process.cpuUsage()
  for (let done = 0; done < DECISIONS; done += requests.length) decideAll(site, requests)
  return usedUs(started) / DECISIONS
}

/** Processor time since then: what else runs on the machine does not count. */
function usedUs(started: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(started)
  return user + system
}

function decideAll(site: Site, requests: readonly NginxRequest[]): void {
  for (const request of requests) {
    const step = site.decide(request)
    if (step.kind === 'answer' && step.response?.status === 404)
      throw new Error('A request of the bench matches nothing.')
  }
}

function timeParse(text: string): number {
  const started = process.cpuUsage()
  const { site } = loadSiteFile(new Source('bench', text), new Map())
  if (site === null) throw new Error('The generated site is not valid.')
  return usedUs(started) / 1_000
}

function compile(text: string): Site {
  const { site: file } = loadSiteFile(new Source('bench', text), new Map())
  const compiled = file === null ? null : compileSite(file, { resolve: () => ['127.0.0.1'] })
  if (compiled === null || compiled.site === null) throw new Error('The site of the bench is not valid.')
  return compiled.site
}

/** Prefixes, `^~` prefixes and exact names, nested ones among them. Patterns are left out: nginx scans them too. */
function siteOf(count: number): string {
  const kinds = ['', '^~ ', '= ']
  const locations = Array.from({ length: count }, (_, n) => {
    const inner = n % 5 === 0 ? `location /p${n}/a/ { proxy_pass http://127.0.0.1:9000/nested/; }` : ''
    const exact = `location ${kinds[n % 3]}/q${n} { return 200 exact; }`
    return `location /p${n}/ { proxy_pass http://127.0.0.1:9000; proxy_set_header Host $host; ${inner} } ${exact}\n`
  })
  return `server { listen 80;\n${locations.join('')}}\n`
}

function requestTo(target: string): NginxRequest {
  return {
    request: {
      method: 'GET',
      target,
      httpVersion: '1.1',
      headers: [
        ['Host', 'flowmaster.example'],
        ['Accept', '*/*'],
      ],
      body: '',
    },
    client: { address: '127.0.0.1', port: 40_000 },
    server: { address: '127.0.0.1', port: 80 },
    requestId: '0'.repeat(32),
  }
}
