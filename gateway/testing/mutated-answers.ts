import fc from 'fast-check'

/** What a backend says to one request, and when it closes. */
export interface MutatedAnswer {
  readonly method: 'GET' | 'HEAD'
  /** Latin-1. */
  readonly bytes: string
  /** Where the bytes are parted into two writes. */
  readonly splitAt: number
  /** With its last byte, or a moment later. */
  readonly closes: 'at once' | 'late'
}

const STATUSES = [
  '000',
  '099',
  '100',
  '103',
  '199',
  '201',
  '204',
  '206',
  '299',
  '304',
  '404',
  '500',
  '599',
  '600',
  '999',
]
const BAD_STATUSES = ['', '2', '20', '2000', 'abc', '-01', '2 0']
const VERSIONS = ['HTTP/1.0', 'HTTP/1.1', 'HTTP/1.2', 'HTTP/2.0', 'HTTP/0.9', 'HTTP/1', 'http/1.1', 'HTP/1.1', '']
const REASONS = ['OK', '', 'Not Found', 'O\x01K', 'O\0K', '\x7f', '\xe4\xff', 'OK\t', ' ', 'x'.repeat(2_000)]
const HEADERS = [
  'X-A: b',
  'X-A:b',
  'X-A :b',
  'X-A',
  ': b',
  'X-A: \x01',
  'X-A: \0',
  'X-A: \x7f',
  'X-A: \xe4\xff',
  'X\x01A: b',
  'X A: b',
  'X_A: b',
  ' folded',
  'X-A:',
  'X-A: b\rX-B: c',
  'constructor: a',
  '__proto__: b',
  'toString: c',
  'Set-Cookie: a=1',
  'Set-Cookie: b=2; Path=/',
  'ETag: "x"',
  'Connection: close',
  'Connection: X-A',
  'Connection: keep-alive, X-B',
  'Keep-Alive: timeout=1',
  'Upgrade: websocket',
  'Trailer: X-T',
  'Content-Length: 0',
  'Content-Length: 3',
  'Content-Length: 5',
  'Content-Length: 50',
  'Content-Length: -5',
  'Content-Length: +5',
  'Content-Length: 5, 5',
  'Content-Length: 99999999999999999999',
  'Content-Length: 5x',
  'Content-Length:',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: CHUNKED',
]
const BODIES = [
  'hello',
  '',
  'hel',
  'hello and more',
  '5\r\nhello\r\n0\r\n\r\n',
  '5\r\nhello\r\n0\r\nX-T: t\r\n\r\n',
  '5;a=b\r\nhello\r\n0\r\n\r\n',
  '005\r\nhello\r\n000\r\n\r\n',
  '5\r\nhello\r\n',
  '5\r\nhel',
  '5\r\nhello0\r\n\r\n',
  '5\nhello\n0\n\n',
  'zz\r\nhello\r\n0\r\n\r\n',
  'FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n',
  '-5\r\nhello\r\n0\r\n\r\n',
  '0\r\n\r\n',
  '0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  'helloHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil',
]

const often = <Value>(usual: Value, others: readonly Value[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) })

/** An answer put together of parts of which some are wrong. */
const assembled = fc
  .record({
    version: often('HTTP/1.1', VERSIONS),
    status: fc.oneof(
      { weight: 9, arbitrary: often('200', STATUSES) },
      { weight: 1, arbitrary: fc.constantFrom(...BAD_STATUSES) },
    ),
    reason: often('OK', REASONS),
    framing: often('Content-Length: 5', ['Transfer-Encoding: chunked', 'X-B: c']),
    headers: fc.array(fc.constantFrom(...HEADERS), { maxLength: 2 }),
    body: often('hello', BODIES),
    end: often('\r\n', ['\n', '\r']),
  })
  .map(({ version, status, reason, framing, headers, body, end }) => {
    const isChunked = framing.startsWith('Transfer') && body === 'hello'
    const head = [`${version} ${status} ${reason}`, framing, ...headers].join(end)
    return `${head}${end}${end}${isChunked ? '5\r\nhello\r\n0\r\n\r\n' : body}`
  })

const GOOD = [
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'HTTP/1.0 404 Not Found\r\nX-A: b\r\n\r\nto the end',
  'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n',
  'HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n',
]

/** A good answer with a few bytes cut out, put in or put twice, or broken off. */
const damaged = fc
  .tuple(
    fc.constantFrom(...GOOD),
    fc.array(
      fc.tuple(
        fc.nat(120),
        fc.nat(4),
        fc.constantFrom('', '\0', '\r', '\n', '\r\n', ' ', ':', '\x7f', '\xff', '0', '9', 'A', ';', '\t'),
      ),
      { minLength: 1, maxLength: 2 },
    ),
    fc.option(fc.nat(120), { nil: null, freq: 3 }),
  )
  .map(([good, edits, brokenAt]) => {
    const edited = edits.reduce((text, [at, length, put]) => {
      const from = at % text.length
      return text.slice(0, from) + put + text.slice(from + length)
    }, good)
    return brokenAt === null ? edited : edited.slice(0, brokenAt)
  })

/** So many answers that no backend should give, the same for the same seed. */
export function mutatedAnswers(count: number, seed: number): MutatedAnswer[] {
  const answer = fc.record({
    method: fc.constantFrom<'GET' | 'HEAD'>('GET', 'GET', 'GET', 'HEAD'),
    bytes: fc.oneof({ weight: 3, arbitrary: assembled }, { weight: 2, arbitrary: damaged }),
    splitAt: fc.nat(120),
    closes: fc.constantFrom<'at once' | 'late'>('at once', 'late'),
  })
  return fc.sample(answer, { numRuns: count, seed })
}
