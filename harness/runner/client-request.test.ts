import { expect, test } from 'vitest'
import type { StepRequest } from '../scenario/scenario.ts'
import { clientRequest } from './client-request.ts'

const STEP: StepRequest = {
  via: 'nginx',
  from: null,
  proxied: null,
  method: 'GET',
  url: '/',
  target: null,
  httpVersion: '1.1',
  headers: [],
  body: '',
}

test.each([
  ['/a//b?x=1#y', '127.0.0.1:80', '/a//b?x=1#y', null],
  ['*', '127.0.0.1:80', '*', null],
  ['http://shop.example', '127.0.0.1:80', '/', 'shop.example'],
  ['http://shop.example:80/a?b', '127.0.0.1:80', '/a?b', 'shop.example'],
  ['http://shop.example:8080?a=1', '127.0.0.1:8080', '/?a=1', 'shop.example:8080'],
  ['http://shop.example/a%2fb#part', '127.0.0.1:80', '/a%2fb', 'shop.example'],
  ['http://10.1.2.3:8080/', '10.1.2.3:8080', '/', '10.1.2.3:8080'],
  ['http://[::1]:8080/x', '::1:8080', '/x', '[::1]:8080'],
  ['https://[::1]:8443/x', '::1:8443 TLS for null', '/x', '[::1]:8443'],
  ['https://shop.example/x', '127.0.0.1:443 TLS for shop.example', '/x', 'shop.example'],
])('%s enters at %s and asks for %s', (url, place, target, host) => {
  const sent = clientRequest({ ...STEP, url })
  if (sent.kind === 'refused') throw new Error(sent.because)
  const { listener, headers } = sent.request
  expect(
    `${listener.address}:${listener.port}${listener.tls === null ? '' : ` TLS for ${listener.tls.serverName}`}`,
  ).toBe(place)
  expect(sent.request.target).toBe(target)
  expect(headers).toEqual(host === null ? [] : [['Host', host]])
})

test('a Host of its own and a target of its own stand in place of those of the URL', () => {
  const headers = [['host', 'other.example']] as const
  const sent = clientRequest({ ...STEP, url: 'http://shop.example:8080/a', target: 'http://evil.example/b', headers })
  expect(sent).toMatchObject({ request: { target: 'http://evil.example/b', headers, listener: { port: 8080 } } })
})

test.each([
  ['nginx', 'http://user:word@shop.example/', 'is no URL with a host'],
  ['nginx', 'http://shop.example:99999/', 'is no URL with a host'],
  ['nginx', 'http://[shop]/', 'is no URL with a host'],
  ['nginx', 'ftp://shop.example/', 'is no URL with a host'],
  ['nginx', 'api/v1', 'is no URL with a host'],
  ['gateway', 'http://shop.example/', 'those enter at nginx. Write the path alone'],
  ['nginx', '/a b', 'a space or a control character'],
])('via %s, %s cannot be sent', (via, url, because) => {
  expect(clientRequest({ ...STEP, via, url })).toMatchObject({
    kind: 'refused',
    because: expect.stringContaining(because),
  })
})

test.each([
  ['2001:db8::7', '/', 'a client at 2001:db8::7 cannot connect to 127.0.0.1. Write a URL such as http://[::1]/'],
  [
    '203.0.113.9',
    'http://[::1]/',
    'a client at 203.0.113.9 cannot connect to ::1. Write a URL such as http://127.0.0.1/',
  ],
])('from %s, %s cannot be sent', (from, url, because) => {
  expect(clientRequest({ ...STEP, from, url })).toEqual({ kind: 'refused', because })
})

test('HTTP/2 needs an https URL, once its captures are in', () => {
  const { kind } = clientRequest({ ...STEP, httpVersion: '2.0', url: 'https://shop.example/x' })
  expect(kind).toBe('request')
  expect(clientRequest({ ...STEP, httpVersion: '2.0', url: 'http://shop.example/x' })).toEqual({
    kind: 'refused',
    because: '"http://shop.example/x" is no https URL, and HTTP/2 is spoken by TLS',
  })
})

test('who a header of the PROXY protocol names goes with the listener', () => {
  const sent = clientRequest({ ...STEP, proxied: '203.0.113.9', url: 'http://shop.example:8080/x' })
  expect(sent).toMatchObject({ request: { listener: { port: 8080, proxied: '203.0.113.9' } } })
})
