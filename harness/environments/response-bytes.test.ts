import { expect, test } from 'vitest'
import { responseBytes } from './response-bytes.ts'

test('a body stands in the bytes without a transfer coding, and nothing says that it has one', () => {
  const bytes = responseBytes({ status: 503, headers: [['Transfer-Encoding', 'chunked']], body: 'later' })
  expect(bytes.toString()).toBe('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\n\r\nlater')
})
