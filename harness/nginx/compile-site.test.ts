import { expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { nearMissText, reasonText } from '../trace/reason-text.ts'
import { compileSite } from './compile-site.ts'
import { loadSiteFile } from './load-site-file.ts'
import {
  afterWaiting,
  type NginxAnswer,
  type NginxDecision,
  type NginxRequest,
  type NginxSend,
  type NginxStep,
  type PassDecision,
  RefusedRequestError,
  type Site,
  type SiteWorld,
} from './site.ts'

const FLOWMASTER = `server {
  listen 80;
  location / { proxy_pass http://10.43.185.219:3000; }
  location /api/ { proxy_pass http://10.43.193.134:9000; }
  location ~ \\.json$ { return 404; }
}`

test('a decision tells why, and what nearly decided', () => {
  const step = decide(compile(FLOWMASTER), '/api/v1/processes?page=2')
  expect(step.kind === 'send' && [step.to.port, step.request.target]).toEqual([9000, '/api/v1/processes?page=2'])
  const [pass, ...more] = decisionOf(step).passes
  expect(more).toEqual([])
  expect(pass?.matched).toBe('/api/')
  const line = { text: 'proxy_pass http://10.43.193.134:9000', span: { line: 4 } }
  expect(pass?.decidedBy.whole).toMatchObject(line)
  expect(step.kind === 'send' && step.by).toMatchObject(line)
  expect(reasonsOf(pass)).toContain('"/api/" is the longest matching prefix')
  expect(pass?.nearMisses().map(({ because }) => nearMissText(because))).toContain(
    '"/" matches too, but it is shorter than "/api/"',
  )
})

test('a regular expression that steals a request names itself', () => {
  const step = decide(compile(FLOWMASTER), '/api/x.json')
  const [pass] = decisionOf(step).passes
  expect(pass?.matched).toBe('~ \\.json$')
  expect(reasonsOf(pass)).toContain(
    'regular expression "~ \\.json$" matches; it is tried before the prefix "/api/" is used',
  )
})

test('what a decision said stays what it was when the request goes on', () => {
  const send = decide(compile(FLOWMASTER), '/')
  if (send.kind !== 'send') throw new Error('it is sent on')
  const [before] = send.decision().passes
  const said = reasonsOf(before)
  const end = afterWaiting(send.resume({ kind: 'connect-timeout' }))
  expect(end.kind === 'answer' && end.response?.status).toBe(504)
  expect(reasonsOf(before)).toEqual(said)
  const [after] = decisionOf(end).passes
  expect(reasonsOf(after)).toEqual([...said, '10.43.185.219:3000 did not take the connection in time'])
})

test('a server that failed is asked again when fail_timeout is over', () => {
  let nowMs = 0
  const site = compile(
    'upstream u { server 10.0.0.1; server 10.0.0.2; } server { location / { proxy_pass http://u; } }',
    {
      resolve: () => [],
      nowMs: () => nowMs,
    },
  )
  const first = decide(site, '/')
  expect(addressOf(first)).toBe('10.0.0.1')
  expect(first.kind === 'send' && addressOf(first.resume({ kind: 'refused' }))).toBe('10.0.0.2')
  expect([1, 2, 3].map(() => addressOf(decide(site, '/')))).not.toContain('10.0.0.1')
  nowMs = 11_000
  expect([1, 2, 3].map(() => addressOf(decide(site, '/')))).toContain('10.0.0.1')
})

test('a server that fails again before it has its weight back is not pushed below zero', () => {
  let nowMs = 0
  const site = compile(
    'upstream u { server 10.0.0.1 weight=4 fail_timeout=1s; server 10.0.0.2 max_fails=0; } server { location / { proxy_pass http://u; } }',
    { resolve: () => [], nowMs: () => nowMs },
  )
  const next = (first: 'fails' | 'answers') => {
    const step = decide(site, '/')
    const then = first === 'fails' && step.kind === 'send' ? step.resume({ kind: 'reset' }) : step
    if (then.kind === 'send') then.resume({ kind: 'answered', response: { status: 200, headers: [], body: '' } })
    return [...new Set([step, then])].map((one) => addressOf(one)?.at(-1)).join('')
  }
  const answers = (count: number) => Array.from({ length: count }, () => next('answers')).join('')
  // The order is the one that nginx 1.22.1 was seen to keep.
  expect([next('fails'), answers(1)]).toEqual(['12', '2'])
  nowMs += 2100
  expect([answers(2), next('fails'), answers(1)]).toEqual(['22', '12', '2'])
  nowMs += 2100
  expect(answers(16)).toBe('2211211112111121')
})

test('names are looked up when the file is loaded, and again for each request where there is a resolver', () => {
  let address = '10.0.0.1'
  const lookUp = (host: string) => (host === 'api' ? [address] : [])
  const world = { resolve: lookUp, query: (_server: unknown, name: string) => lookUp(name) }
  const loaded = compile('server { location / { proxy_pass http://api; } }', world)
  const asked = compile('server { resolver 10.0.0.53; set $to api; location / { proxy_pass http://$to; } }', world)
  address = '10.0.0.2'
  expect([loaded, asked].map((site) => addressOf(decide(site, '/')))).toEqual(['10.0.0.1', '10.0.0.2'])
})

test('a plain request to an HTTPS port is told so', () => {
  const step = decide(
    compile(
      'server { listen 80 ssl; ssl_certificate c; ssl_certificate_key k; location / { proxy_pass http://1.1.1.1; } }',
    ),
    '/',
  )
  expect(step.kind === 'answer' && step.response?.status).toBe(400)
  expect(step.kind === 'answer' && step.response?.body).toContain('plain HTTP request was sent to HTTPS port')
})

function load(text: string, world: SiteWorld = { resolve: () => [] }) {
  const { site } = loadSiteFile(new Source('site', text), new Map())
  if (site === null) throw new Error('the site file is wrong')
  return compileSite(site, world)
}

function compile(text: string, world?: SiteWorld): Site {
  const { site, diagnostics } = load(text, world)
  if (site === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return site
}

function decide(site: Site, target: string): NginxAnswer | NginxSend {
  const request: NginxRequest = {
    request: { method: 'GET', target, httpVersion: '1.1', headers: [['Host', 'flow.example']], body: '' },
    client: { address: '127.0.0.1', port: 40_000 },
    server: { address: '127.0.0.1', port: 80 },
    requestId: '0'.repeat(32),
  }
  return afterWaiting(site.decide(request))
}

test('an answer whose header fills proxy_buffer_size to its last byte is refused: nginx loses its body', () => {
  const resume = (headBytes: number) => {
    const step = decide(compile('server { location / { proxy_buffer_size 1k; proxy_pass http://10.0.0.1; } }'), '/')
    if (step.kind !== 'send') throw new Error('it is sent on')
    return step.resume({ kind: 'answered', response: { status: 200, headers: [], body: 'hi' }, headBytes })
  }
  expect(resume(1023)).toMatchObject({ response: { status: 200 } })
  expect(() => resume(1024)).toThrow(RefusedRequestError)
})

function decisionOf(step: NginxStep): NginxDecision {
  const next = afterWaiting(step)
  return next.kind === 'send' ? next.decision() : next.decision
}

function reasonsOf(pass: PassDecision | undefined): string[] {
  return pass?.reasons.map(reasonText) ?? []
}

const addressOf = (step: NginxStep) => (step.kind === 'send' ? step.to.address : null)

test('a request that comes to a port of stream is refused by name', () => {
  const text =
    'events { } stream { server { listen 127.0.0.1:5000; proxy_pass a:1; } } http { server { listen 80; return 200; } }'
  const file = loadSiteFile(new Source('nginx.conf', text), new Map())
  const site = file.site === null ? null : compileSite(file.site, { resolve: () => [] }).site
  const at = (port: number) => () =>
    site?.decide({
      request: { method: 'GET', target: '/', httpVersion: '1.1', headers: [['Host', 'a']], body: '' },
      client: { address: '127.0.0.1', port: 40_000 },
      server: { address: '127.0.0.1', port },
      requestId: '0'.repeat(32),
    })
  expect(site?.takes('127.0.0.1', 5000)).toBe(true)
  expect(site?.takes('127.0.0.1', 5001)).toBe(false)
  expect(at(5000)).toThrow('port 5000 belongs to stream or mail, of which nothing is known')
  expect(at(80)()).toMatchObject({ kind: 'answer', response: { status: 200 } })
})

test('limit_req rejects on a clock, and refuses by name without one', () => {
  const text = `limit_req_zone $arg_k zone=z:1m rate=1r/s;
    server { listen 80; location / { limit_req zone=z burst=1 nodelay; proxy_pass http://1.1.1.1; } }`
  let nowMs = 0
  const site = compile(text, { resolve: () => [], nowMs: () => nowMs })
  const kinds = () => {
    const step = decide(site, '/?k=a')
    return step.kind === 'answer' ? step.response?.status : step.kind
  }
  expect([kinds(), kinds(), kinds()]).toEqual(['send', 'send', 503])
  nowMs = 1000
  expect([kinds(), kinds()]).toEqual(['send', 503])

  const timeless = compile(text)
  const thrice = () => Array.from({ length: 3 }, () => decide(timeless, '/?k=a'))
  expect(thrice).toThrow(RefusedRequestError)
})

test('a root is refused only by the request that comes to it, where nothing is known of files', () => {
  const text = 'server { listen 80; root /srv; location / { } location /api/ { proxy_pass http://1.1.1.1; } }'
  const site = compile(text)
  expect(decide(site, '/api/x').kind).toBe('send')
  expect(() => decide(site, '/a.txt')).toThrow(RefusedRequestError)
  const known = compile(text, { resolve: () => [], file: () => null })
  const step = decide(known, '/a.txt')
  expect(step.kind === 'answer' && step.response?.status).toBe(404)
})
