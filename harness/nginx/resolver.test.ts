import { expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { compileSite } from './compile-site.ts'
import { loadSiteFile } from './load-site-file.ts'
import type { NginxStep, SiteWorld } from './site.ts'

/** One name server answers, on 10.0.0.53; every other address is silent. */
const DNS: NonNullable<SiteWorld['query']> = ({ address, port }, name) => {
  if (address !== '10.0.0.53' || port !== 53) return null
  return name === 'api.example' ? ['10.0.0.1'] : []
}

/** What each of some requests in a row gives: how long it waits, and where it leads or its status. */
function ask(lines: string, requests: number, name = 'api.example'): [waitMs: number, result: unknown][] {
  const text = `server { listen 80; set $api ${name}; location / { ${lines} proxy_pass http://$api; } }`
  const file = loadSiteFile(new Source('nginx.conf', text), new Map())
  let nowMs = 0
  const world: SiteWorld = { resolve: (host) => (host === 'dns' ? ['10.0.0.53'] : []), query: DNS, nowMs: () => nowMs }
  if (file.site === null) throw new Error(file.diagnostics.map(({ message }) => message).join())
  const { site } = compileSite(file.site, world)
  return Array.from({ length: requests }, () => {
    let waitMs = 0
    let step: NginxStep | undefined = site?.decide({
      request: { method: 'GET', target: '/', httpVersion: '1.1', headers: [['Host', 'a']], body: '' },
      client: { address: '127.0.0.1', port: 40_000 },
      server: { address: '127.0.0.1', port: 80 },
      requestId: '0'.repeat(32),
    })
    while (step?.kind === 'wait' && Number.isFinite(step.delayMs)) {
      waitMs += step.delayMs
      step = step.resume()
    }
    // Longer than any answer counts.
    nowMs += waitMs + 60_000
    if (step?.kind === 'send') return [waitMs, step.to.address]
    return [waitMs, step?.kind === 'answer' ? step.response?.status : step?.kind]
  })
}

/** As nginx 1.22 was seen to do it. */
test.each([
  ['a server that answers', 'resolver 10.0.0.53;', [[0, '10.0.0.1']]],
  ['a server by its name', 'resolver dns;', [[0, '10.0.0.1']]],
  ['another port', 'resolver 10.0.0.53:5353;', [[30_000, 502]]],
  ['a silent server', 'resolver 8.8.8.8;', [[30_000, 502]]],
  ['a shorter wait', 'resolver 8.8.8.8; resolver_timeout 2s;', [[2_000, 502]]],
  ['a wait for ever', 'resolver 8.8.8.8; resolver_timeout 0;', [[0, 'wait']]],
  [
    'a silent server before one that answers: every second question takes five seconds more',
    'resolver 8.8.8.8 10.0.0.53;',
    [
      [5_000, '10.0.0.1'],
      [0, '10.0.0.1'],
      [5_000, '10.0.0.1'],
    ],
  ],
  ['less time than that', 'resolver 8.8.8.8 10.0.0.53; resolver_timeout 3s;', [[3_000, 502]]],
  ['a server that refuses, on the own host', 'resolver 127.0.0.11 10.0.0.53;', [[0, '10.0.0.1']]],
  ['the same, asked for IPv4 alone', 'resolver 127.0.0.11 10.0.0.53 ipv6=off;', [[5_000, '10.0.0.1']]],
] as const)('%s: %s', (_, lines, expected) => {
  expect(ask(lines, expected.length)).toEqual(expected)
})

test('a name that does not exist is no reason to wait or to ask another server', () => {
  expect(ask('resolver 10.0.0.53 8.8.8.8;', 1, 'none.example')).toEqual([[0, 502]])
})
