import { expect, test } from 'vitest'
import { type ClientRequest, PORT_80 } from '../chain/client-request.ts'
import { bytesFromText, type Headers } from '../chain/message.ts'
import { clientMessage } from './client-message.ts'

const PLAIN: ClientRequest = {
  via: 'nginx',
  listener: PORT_80,
  from: null,
  method: 'POST',
  target: '/',
  httpVersion: '1.1',
  headers: [],
  body: bytesFromText('näme'),
}
const ID: Headers = [['X-Request-ID', 'id']]

test.each<[string, Partial<ClientRequest>, Headers]>([
  ['what a client adds', {}, [['Host', 'localhost'], ...ID, ['Content-Length', '5']]],
  ['no length without a body', { body: '' }, [['Host', 'localhost'], ...ID]],
  ['no Host in HTTP/1.0', { httpVersion: '1.0' }, [...ID, ['Content-Length', '5']]],
  ['a Host of its own', { headers: [['HOST', 'x']] }, [['HOST', 'x'], ...ID, ['Content-Length', '5']]],
  [
    'an id and a length of its own',
    {
      headers: [
        ['x-request-id', 'mine'],
        ['content-length', '2'],
      ],
    },
    [
      ['Host', 'localhost'],
      ['x-request-id', 'mine'],
      ['content-length', '2'],
    ],
  ],
  [
    'chunks',
    { headers: [['Transfer-Encoding', 'chunked']] },
    [['Host', 'localhost'], ['Transfer-Encoding', 'chunked'], ...ID],
  ],
])('%s', (_name, request, headers) => {
  expect(clientMessage({ ...PLAIN, ...request }, 'id', 'localhost').headers).toEqual(headers)
})
