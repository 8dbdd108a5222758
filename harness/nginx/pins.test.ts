import { expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { loadSiteFile } from './load-site-file.ts'
import { findPins, rewritePins } from './pins.ts'

const SITE = `# 10.43.193.134:9000 in a comment is no pin
upstream gateway {
  server 10.43.193.134:9000 weight=2;  server 10.43.0.9;
  server [fd00::1]:9000;
  server gateway.internal:9000;
  server unix:/run/gateway.sock;
}
server {\r
  listen 10.43.193.134:80;\r
  location /api/ { proxy_pass http://10.43.193.134:9000; }
  location /q/ { proxy_pass "http://10.43.43.253/q/10.43.43.253"; }
  location /v/ { proxy_pass http://10.43.0.7:9000$request_uri; }
  location /n/ { proxy_pass http://gateway; }
  location /s/ { proxy_pass https://10.43.0.8; }
}
`

function pinsOf(source: Source) {
  const { site, diagnostics } = loadSiteFile(source, new Map())
  expect(diagnostics).toEqual([])
  return site === null ? [] : findPins(site)
}

test('every literal address in proxy_pass and in upstreams is a pin, with its port and its exact place', () => {
  const source = new Source('site', SITE)
  const pins = pinsOf(source)
  expect(pins.map(({ address, port, span }) => `${span.line} ${address} ${port}`)).toEqual([
    '3 10.43.193.134 9000',
    '3 10.43.0.9 80',
    '4 fd00::1 9000',
    '10 10.43.193.134 9000',
    '11 10.43.43.253 80',
    '12 10.43.0.7 9000',
    '14 10.43.0.8 443',
  ])
  for (const { address, span } of pins) {
    expect(source.lineText(span.line).slice(span.column - 1, span.column - 1 + span.length)).toBe(address)
  }
})

test('a pin is rewritten at its place, and every other byte stays', () => {
  const source = new Source('site', SITE)
  const rewritten = rewritePins(
    source,
    pinsOf(source),
    new Map([
      ['10.43.193.134', '10.43.7.7'],
      ['10.43.43.253', '10.43.8.8'],
      ['10.43.0.9', '10.43.100.100'],
    ]),
  )
  expect(rewritten).toBe(
    SITE.replace('server 10.43.193.134:9000', 'server 10.43.7.7:9000')
      .replace('server 10.43.0.9;', 'server 10.43.100.100;')
      .replace('http://10.43.193.134', 'http://10.43.7.7')
      .replace('http://10.43.43.253', 'http://10.43.8.8'),
  )
})

test('pins of another file are left alone', () => {
  const source = new Source('site', 'include other.conf;\n')
  const other = new Source('other.conf', 'upstream u { server 10.43.0.1; }\n')
  const { site } = loadSiteFile(source, new Map([['other.conf', other]]))
  const pins = site === null ? [] : findPins(site)
  const addresses = new Map([['10.43.0.1', '10.43.0.2']])
  expect(pins.map(({ span }) => span.file)).toEqual(['other.conf'])
  expect(rewritePins(source, pins, addresses)).toBe(source.text)
  expect(rewritePins(other, pins, addresses)).toBe('upstream u { server 10.43.0.2; }\n')
})

test('an address that a set or a map hands to proxy_pass is a pin too', () => {
  const source = new Source(
    'site',
    `map $host $backend {
  default http://10.43.0.1:9000;
  a.example "10.43.0.2";
}
map $host $other { default 10.43.9.9; }
server {
  set $target http://10.43.0.3:9000;
  set $plain 10.43.0.4:9001;
  set $unused 10.43.9.8;
  location /a { proxy_pass $target; }
  location /b { proxy_pass http://\${plain}/x; }
  location /c { proxy_pass $BACKEND; }
}
`,
  )
  const pins = pinsOf(source)
  expect(pins.map(({ address, port, span }) => `${span.line} ${address} ${port}`)).toEqual([
    '2 10.43.0.1 9000',
    '3 10.43.0.2 80',
    '7 10.43.0.3 9000',
    '8 10.43.0.4 9001',
  ])
  for (const { address, span } of pins) {
    expect(source.lineText(span.line).slice(span.column - 1, span.column - 1 + span.length)).toBe(address)
  }
})
