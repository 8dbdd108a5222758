import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesFrom, type Header, type Headers, type ResponseMessage } from '../chain/message.ts'
import { at, flow, ROUTES, SITE } from '../runner/fixtures/flow.ts'
import type { Exchange, Pass, Rule, Trace, Try } from '../trace/trace.ts'
import { firstDifference } from './compare-traces.ts'
import { comparisonPage } from './compare-traces-page.ts'

/** A request that nginx had to send twice, and what else a trace can have. */
const BASE = retried(
  flow({
    target: '/api/v1/processes/42?page=2',
    method: 'POST',
    requestBody: '{"a":1}',
    headers: [
      ['Host', 'flowmaster.example'],
      ['X-A', 'one'],
      ['X-A', 'two'],
      ['X-Request-ID', '0123456789abcdef0123456789abcdef'],
    ],
    answerHeaders: [
      ['Content-Type', 'application/json'],
      ['X-B', 'b'],
    ],
  }),
)

function retried(trace: Trace): Trace {
  return onPass(0, ({ tries: [first] }) => ({
    tries: first === undefined ? [] : [{ ...first, outcome: 'refused', response: null }, first],
  }))(trace)
}

type Mutation = (trace: Trace) => Trace

/** Changes one exchange. */
function onHop(index: number, change: (exchange: Exchange) => Partial<Exchange>): Mutation {
  return (trace) => ({
    ...trace,
    exchanges: trace.exchanges.map((exchange, i) => (i === index ? { ...exchange, ...change(exchange) } : exchange)),
  })
}

/** Changes the one pass of an exchange. */
function onPass(hop: number, change: (pass: Pass) => Partial<Pass>): Mutation {
  return onHop(hop, ({ passes }) => ({ passes: passes.map((pass) => ({ ...pass, ...change(pass) })) }))
}

/** Changes the line that decided that pass. */
function onRule(hop: number, change: (rule: Rule) => Partial<Rule> | null): Mutation {
  return onPass(hop, ({ decidedBy }) => {
    const { whole } = decidedBy
    if (whole === null) throw new Error('Failed to change the line of a pass: none decided it.')
    const changed = change(whole)
    return { decidedBy: { ...decidedBy, whole: changed && { ...whole, ...changed } } }
  })
}

/** Changes one try of that pass. */
function onTry(hop: number, index: number, change: (one: Try) => Partial<Try>): Mutation {
  return onPass(hop, ({ tries }) => ({
    tries: tries.map((one, i) => (i === index ? { ...one, ...change(one) } : one)),
  }))
}

const swap = ([first, second, ...rest]: Headers): Headers => [second, first, ...rest].filter((one) => one !== undefined)
const set =
  (name: string, value: string) =>
  (headers: Headers): Headers => [...headers.filter(([key]) => key.toLowerCase() !== name.toLowerCase()), [name, value]]

const received = (change: (message: Exchange['received']) => Partial<Exchange['received']>) =>
  onHop(1, (exchange) => ({ received: { ...exchange.received, ...change(exchange.received) } }))
const sent = (change: (message: Try['request']) => Partial<Try['request']>) =>
  onTry(0, 1, ({ request }) => ({ request: { ...request, ...change(request) } }))
const back = (change: (message: NonNullable<Try['response']>) => object) =>
  onTry(0, 1, ({ response }) => ({ response: response && { ...response, ...change(response) } }))
const answered = (change: (message: NonNullable<Trace['response']>) => object) =>
  onHop(2, (exchange) => ({ answered: exchange.answered && { ...exchange.answered, ...change(exchange.answered) } }))
const asked =
  (change: (message: Trace['request']) => object): Mutation =>
  (trace) => ({ ...trace, request: { ...trace.request, ...change(trace.request) } })
const got =
  (change: (message: NonNullable<Trace['response']>) => object): Mutation =>
  (trace) => ({ ...trace, response: trace.response && { ...trace.response, ...change(trace.response) } })
const to = (change: Partial<Try['to']>) => onTry(0, 1, ({ to: old }) => ({ to: { ...old, ...change } }))

const OTHER = 'other'

/** Every place that is compared, each changed alone: the hop and the field that must be named. */
const COMPARED: readonly (readonly [hop: string, field: string, Mutation])[] = [
  ['client', 'request.method', asked(() => ({ method: 'PUT' }))],
  ['client', 'request.target', asked(() => ({ target: '/other' }))],
  ['client', 'request.httpVersion', asked(() => ({ httpVersion: '1.0' }))],
  ['client', 'request.headers.host', asked(({ headers }) => ({ headers: set('Host', 'other')(headers) }))],
  ['client', 'request.header lines', asked(({ headers }) => ({ headers: swap(headers) }))],
  ['client', 'request.body', asked(() => ({ body: OTHER }))],
  ['gateway', 'reached', (trace) => ({ ...trace, exchanges: trace.exchanges.slice(0, 1) })],
  ['nginx', 'reached', (trace) => ({ ...trace, exchanges: trace.exchanges.slice(1) })],
  ['backend', 'reached', (trace) => ({ ...trace, exchanges: trace.exchanges.slice(0, 2) })],
  ['gateway', 'service', onHop(1, () => ({ service: 'other' }))],
  ['gateway', 'received.method', received(() => ({ method: 'PUT' }))],
  ['gateway', 'received.target', received(() => ({ target: '/v1/processes/42?page=2' }))],
  ['gateway', 'received.httpVersion', received(() => ({ httpVersion: '1.0' }))],
  ['gateway', 'received.headers.x-a', received(({ headers }) => ({ headers: set('X-A', 'one')(headers) }))],
  ['gateway', 'received.headers.x-new', received(({ headers }) => ({ headers: [...headers, ['X-New', '']] }))],
  [
    'gateway',
    'received.headers.connection',
    received(({ headers }) => ({ headers: [...headers, ['Connection', 'close']] })),
  ],
  ['gateway', 'received.header lines', received(({ headers }) => ({ headers: swap(headers) }))],
  ['gateway', 'received.body', received(() => ({ body: OTHER }))],
  ['nginx', 'passes[0].matched', onPass(0, () => ({ matched: '/' }))],
  ['nginx', 'passes[0].decidedBy.whole', onRule(0, () => ({ text: 'other' }))],
  ['nginx', 'passes[0].decidedBy.whole', onRule(0, () => ({ span: at(SITE, 99, 5, 36) }))],
  ['gateway', 'passes[0].decidedBy.whole', onRule(1, () => ({ span: at('x', 1, 3, 28) }))],
  ['gateway', 'passes[0].decidedBy.whole', onRule(1, () => ({ span: at(ROUTES, 1, 9, 28) }))],
  ['gateway', 'passes[0].decidedBy.whole', onRule(1, () => null)],
  ['nginx', 'passes', onHop(0, ({ passes: [first] }) => ({ passes: first === undefined ? [] : [first, first] }))],
  ['nginx', 'passes[0].tries[1].to.service', to({ service: 'other' })],
  ['nginx', 'passes[0].tries[1].to.port', to({ port: 9001 })],
  ['nginx', 'passes[0].tries[1].request.method', sent(() => ({ method: 'GET' }))],
  ['nginx', 'passes[0].tries[1].request.target', sent(() => ({ target: '/v1' }))],
  ['nginx', 'passes[0].tries[1].request.httpVersion', sent(() => ({ httpVersion: '1.0' }))],
  [
    'nginx',
    'passes[0].tries[1].request.headers.host',
    sent(({ headers }) => ({ headers: set('Host', 'other')(headers) })),
  ],
  ['nginx', 'passes[0].tries[1].request.header lines', sent(({ headers }) => ({ headers: headers.map(lowerCased) }))],
  ['nginx', 'passes[0].tries[1].request.body', sent(() => ({ body: OTHER }))],
  ['nginx', 'passes[0].tries[1].outcome', onTry(0, 1, () => ({ outcome: 'reset' }))],
  ['nginx', 'passes[0].tries', onPass(0, ({ tries }) => ({ tries: tries.slice(0, 1) }))],
  ['nginx', 'passes[0].tries[1].response.status', back(() => ({ status: 201 }))],
  ['nginx', 'passes[0].tries[1].response.status', onTry(0, 1, () => ({ response: null }))],
  ['nginx', 'passes[0].tries[1].response.headers.x-b', back(({ headers }) => ({ headers: set('X-B', 'c')(headers) }))],
  ['nginx', 'passes[0].tries[1].response.body', back(() => ({ body: OTHER }))],
  ['backend', 'origin', onHop(2, () => ({ origin: 'upstream' }))],
  ['backend', 'answered.status', answered(() => ({ status: 500 }))],
  ['backend', 'answered.status', onHop(2, () => ({ answered: null }))],
  ['backend', 'answered.headers.content-type', answered(() => ({ headers: [['X-B', 'b']] }))],
  ['backend', 'answered.body', answered(() => ({ body: '\xff' }))],
  ['client', 'response.status', got(() => ({ status: 500 }))],
  ['client', 'response.status', (trace) => ({ ...trace, response: null })],
  ['client', 'response.headers.x-b', got(({ headers }) => ({ headers: set('X-B', 'c')(headers) }))],
  ['client', 'response.body', got(() => ({ body: OTHER }))],
]

function lowerCased([name, value]: Header): Header {
  return [name.toLowerCase(), value]
}

test.each(COMPARED)('%s: %s is compared (%#)', (hop, field, mutate) => {
  const mutated = mutate(BASE)
  expect(firstDifference(BASE, mutated)).toMatchObject({ hop, field })
  // From the other side a hop that is missing is the same hop that is there too many.
  expect(firstDifference(mutated, BASE)?.field).toBe(field)
})

const everyResponse = (change: (headers: Headers) => Headers): Mutation =>
  everyAnswer((response) => ({ ...response, headers: change(response.headers) }))

function everyAnswer(change: (response: ResponseMessage) => ResponseMessage): Mutation {
  return (trace) => ({
    ...trace,
    response: trace.response && change(trace.response),
    exchanges: trace.exchanges.map((exchange) => ({
      ...exchange,
      answered: exchange.answered && change(exchange.answered),
      passes: exchange.passes.map((pass) => ({
        ...pass,
        tries: pass.tries.map((one) => ({
          ...one,
          response: one.response && change(one.response),
        })),
      })),
    })),
  })
}

/** Every place that is not compared, each changed alone. */
const IGNORED: readonly (readonly [what: string, Mutation])[] = [
  ['Sec-WebSocket-Accept of a response', everyResponse((headers) => [...headers, ['Sec-WebSocket-Accept', 'x']])],
  ['the order of response headers', everyResponse(swap)],
  ['the case of response header names', everyResponse((headers) => headers.map(lowerCased))],
  ['Sec-WebSocket-Key', received(({ headers }) => ({ headers: [...headers, ['Sec-WebSocket-Key', 'x']] }))],
  [
    'a request id that a hop made',
    received(({ headers }) => ({ headers: swap(swap(set('X-Request-ID', 'f'.repeat(32))(headers))) })),
  ],
  ['the request id of the run', (trace) => withRequestId(trace, 'f'.repeat(32))],
  ['elapsed time', (trace) => ({ ...trace, elapsedMs: 999 })],
  ['reasons', onPass(0, () => ({ reasons: [{ kind: 'target-as-sent', span: null }] }))],
  [
    'near misses',
    onPass(0, () => ({
      nearMisses: [{ rule: { text: 'x', span: null }, because: { kind: 'shorter', name: '/', winner: '/api/' } }],
    })),
  ],
  [
    'lines that no log names',
    onPass(0, ({ decidedBy }) => {
      const line = { text: 'x', span: null }
      const headers = [{ ...line, name: 'host', drops: false }]
      return { ledBy: line, decidedBy: { ...decidedBy, location: line, target: line, headers, readTimeout: line } }
    }),
  ],
  ['the line of a try', onTry(0, 1, () => ({ by: null }))],
  [
    'what became of the headers of an answer',
    onHop(0, () => ({ answerHeaders: [{ name: 'x-b', kind: 'added', by: null, because: null }] })),
  ],
  ['the host as the file writes it', to({ host: 'other' })],
  ['the length of a rule', onRule(0, () => ({ span: at(SITE, 14, 5, 40) }))],
]

function withRequestId(trace: Trace, requestId: string): Trace {
  const replace = (headers: Headers): Headers =>
    headers.map(([name, value]) => [name, value.replaceAll(trace.requestId, requestId)])
  return {
    ...trace,
    requestId,
    request: { ...trace.request, headers: replace(trace.request.headers) },
    exchanges: trace.exchanges.map((exchange) => ({
      ...exchange,
      received: { ...exchange.received, headers: replace(exchange.received.headers) },
      passes: exchange.passes.map((pass) => ({
        ...pass,
        tries: pass.tries.map((one) => ({
          ...one,
          request: { ...one.request, headers: replace(one.request.headers) },
        })),
      })),
    })),
  }
}

test.each(IGNORED)('%s may differ', (_, mutate) => {
  expect(mutate(BASE)).not.toEqual(BASE)
  expect(firstDifference(BASE, mutate(BASE))).toBeNull()
})

describe('headers that time and versions decide', () => {
  const answering = (name: string, value: string): Trace => flow({ answerHeaders: [[name, value]] })
  const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toUTCString()

  test.each([
    ['Date', inSeconds(0), inSeconds(-90)],
    ['Expires', inSeconds(3600), inSeconds(3660)],
    ['Server', 'nginx/1.22.1', 'nginx/1.27.0'],
    ['Retry-After', '3', '4'],
    ['X-RateLimit-Reset', '59', '60'],
  ])('%s may have another value, and must be there', (name, left, right) => {
    expect(firstDifference(answering(name, left), answering(name, right))).toBeNull()
    expect(firstDifference(answering(name, left), answering('X-Other', left))).not.toBeNull()
    expect(firstDifference(answering(name, left), answering(name, 'other'))).not.toBeNull()
  })

  test.each([
    ['Connection', 'close', 'keep-alive'],
    ['Keep-Alive', 'timeout=5', 'timeout=75'],
    ['Transfer-Encoding', 'chunked', 'gzip'],
    ['Content-Length', '3', '4'],
    ['Expires', 'Thu, 01 Jan 1970 00:00:01 GMT', 'Thu, 31 Dec 2037 23:55:55 GMT'],
    ['Server', 'nginx/1.22.1', 'nginx'],
  ])('%s must be the same', (name, left, right) => {
    expect(firstDifference(answering(name, left), answering(name, right))).toMatchObject({
      field: `answered.headers.${name.toLowerCase()}`,
    })
  })
})

test('ETag and Last-Modified may differ where nginx made them, and nowhere else', () => {
  const answer = (etag: string, alone: boolean): Trace =>
    flow({
      answerHeaders: [
        ['ETag', etag],
        ['Last-Modified', etag],
      ],
      nginx: { alone },
      ...(alone ? { gateway: null, backend: null } : {}),
    })
  expect(firstDifference(answer('"a"', true), answer('"b"', true))).toBeNull()
  expect(firstDifference(answer('"a"', false), answer('"b"', false))).toMatchObject({ field: 'answered.headers.etag' })
})

describe('request ids', () => {
  const withId = (given: string, passedOn: string): Trace =>
    flow({ headers: [['X-Request-ID', given]], nginx: { sentHeaders: [['X-Request-ID', passedOn]] } })

  test('one that the scenario gives is compared, whatever it looks like', () => {
    const uuid = '11111111-2222-3333-4444-555555555555'
    expect(firstDifference(withId(uuid, uuid), withId(uuid, 'f'.repeat(32)))).toMatchObject({
      field: 'passes[0].tries[0].request.headers.x-request-id',
    })
    expect(firstDifference(withId('mine', 'mine'), withId('mine', 'yours'))).not.toBeNull()
  })

  test('two that hops made are the same, whatever header they stand in', () => {
    expect(firstDifference(withId('mine', 'e'.repeat(32)), withId('mine', 'f'.repeat(32)))).toBeNull()
    const inHeader = (value: string): Trace => flow({ nginx: { sentHeaders: [['Traceparent', `00-${value}-01`]] } })
    expect(firstDifference(inHeader('e'.repeat(32)), inHeader('f'.repeat(32)))).toBeNull()
    expect(firstDifference(inHeader('e'.repeat(32)), inHeader('f'.repeat(31)))).not.toBeNull()
  })

  test('one that touches other digits, and the port of a client, are chance by their place', () => {
    const simulated = flow()
    const call = (id: string, port: string): Trace => ({
      ...flow({ nginx: { sentHeaders: [['X-Call', `id${id}${id}:${port}`]] } }),
      requestId: simulated.requestId,
    })
    const modelled = call(simulated.requestId, '40000')
    expect(firstDifference(modelled, call('f'.repeat(32), '51234'))).toBeNull()
    expect(firstDifference(call('f'.repeat(32), '51234'), modelled)).toBeNull()
    expect(firstDifference(modelled, call('f'.repeat(32), '-'))).not.toBeNull()
    expect(firstDifference(modelled, call('f'.repeat(30), '51234'))).not.toBeNull()
  })
})

describe('ClusterIPs', () => {
  const sentTo = (address: string, service: string | null): Trace =>
    flow({
      nginx: {
        to: { address, host: address, service },
        rule: { text: `proxy_pass http://${address}:9000`, span: at(SITE, 14, 5, 20 + address.length) },
        sentHeaders: [['Host', `${address}:9000`]],
      },
    })

  test('a Service may have another one in each environment, wherever it is written', () => {
    expect(firstDifference(sentTo('10.43.1.1', 'api-gateway'), sentTo('10.43.200.200', 'api-gateway'))).toBeNull()
  })

  test('one that no Service ever had counts as it stands', () => {
    const elsewhere = (address: string): Trace => flow({ nginx: { to: { address, service: null } } })
    expect(firstDifference(elsewhere('10.43.1.1'), elsewhere('10.43.1.1'))).toBeNull()
    expect(firstDifference(elsewhere('10.43.1.1'), elsewhere('10.43.1.2'))).toMatchObject({
      field: 'passes[0].tries[0].to.address',
      left: '10.43.1.1',
      right: '10.43.1.2',
    })
  })

  test('the own host is the same by IPv6 and by IPv4', () => {
    const local = (address: string): Trace => flow({ nginx: { to: { address, service: null } } })
    expect(firstDifference(local('::1'), local('127.0.0.1'))).toBeNull()
    expect(firstDifference(local('::1'), local('127.0.0.2'))).toMatchObject({ field: 'passes[0].tries[0].to.address' })
  })

  test('one that a Service no longer has counts as the one that it was', () => {
    const left = new Map([
      ['10.43.1.1', 'api-gateway (2)'],
      ['10.43.1.2', 'api-gateway (3)'],
    ])
    const right = new Map([
      ['10.43.7.1', 'api-gateway (2)'],
      ['10.43.7.2', 'api-gateway (3)'],
    ])
    const compare = (mine: string, its: string) =>
      firstDifference(sentTo(mine, null), sentTo(its, null), { left, right })
    expect(compare('10.43.1.1', '10.43.7.1')).toBeNull()
    expect(compare('10.43.1.1', '10.43.7.2')).toMatchObject({ hop: 'nginx', field: 'passes[0].decidedBy.whole' })
    expect(compare('10.43.1.1', '10.43.9.9')).not.toBeNull()
  })
})

test('the line that sets a header is named, not the one that decided the pass', () => {
  const line = { text: 'proxy_set_header Host $host', span: at(SITE, 16, 5, 27) }
  const decidedBy = { headers: [{ ...line, name: 'host', drops: false }] }
  const one = (host: string): Trace => flow({ nginx: { decidedBy, sentHeaders: [['Host', host]] } })
  expect(firstDifference(one('a'), one('b'))).toMatchObject({
    field: 'passes[0].tries[0].request.headers.host',
    left: 'a',
    right: 'b',
    leftRule: line,
    rightRule: line,
  })
})

test('of several differences the one that came first is told', () => {
  const mutate = [sent(() => ({ target: '/x' })), answered(() => ({ status: 500 })), got(() => ({ status: 500 }))]
  const all = mutate.reduce((trace, one) => one(trace), BASE)
  expect(firstDifference(BASE, all)).toMatchObject({ hop: 'nginx', field: 'passes[0].tries[1].request.target' })
  const backwards = [answered(() => ({ status: 500 })), back(() => ({ status: 500 }))]
  expect(
    firstDifference(
      BASE,
      backwards.reduce((trace, one) => one(trace), BASE),
    ),
  ).toMatchObject({ hop: 'backend' })
})

test('secrets are masked, and long values cut around where they part', () => {
  const secret = (value: string): Trace => flow({ headers: [['Authorization', value]], body: value })
  const difference = firstDifference(secret('Bearer hunter22'), secret('Bearer hunter33'))
  expect(difference).toMatchObject({ field: 'request.headers.authorization', left: 'Bearer ***', right: 'Bearer ***' })
  const echoed = firstDifference(
    { ...secret('Bearer hunter22'), response: { status: 200, headers: [], body: 'hunter22' } },
    { ...secret('Bearer hunter22'), response: { status: 200, headers: [], body: 'hunter22!' } },
  )
  expect(JSON.stringify(echoed)).not.toContain('hunter22')
  const line = {
    text: 'proxy_set_header Authorization "Bearer hunter22"',
    span: null,
    name: 'authorization',
    drops: false,
  }
  const setting = (value: string): Trace =>
    flow({
      nginx: {
        decidedBy: { headers: [line] },
        sentHeaders: [['Authorization', value]],
      },
    })
  expect(firstDifference(setting('Bearer hunter22'), setting('Bearer hunter33'))).toMatchObject({
    leftRule: { text: 'proxy_set_header Authorization "***"' },
  })
  const long = firstDifference(BASE, got(() => ({ body: 'x'.repeat(1_000_000) }))(BASE))
  expect(long?.right.length).toBeLessThan(5_000)
})

const anyFlow = fc
  .record({
    target: fc.string(),
    method: fc.string(),
    requestBody: fc.string(),
    body: fc.string(),
    headers: fc.array(fc.tuple(fc.string(), fc.string())),
    answerHeaders: fc.array(fc.tuple(fc.string(), fc.string())),
    status: fc.option(fc.integer({ min: 100, max: 599 })),
  })
  .map((options) => flow(options))

test('any trace equals itself', () => {
  fc.assert(
    fc.property(fc.clone(anyFlow, 2), ([one, other]) => {
      expect(other).not.toBe(one)
      expect(firstDifference(one, other)).toBeNull()
    }),
  )
})

/** Changes that make any trace another one, whatever it holds. */
const CHANGES: readonly ((trace: Trace, text: string) => Trace)[] = [
  (trace, text) => asked(({ target }) => ({ target: target + text }))(trace),
  (trace, text) => received(({ target }) => ({ target: target + text }))(trace),
  (trace, text) => received(({ headers }) => ({ headers: [...headers, [`x-${text}`, text]] }))(trace),
  (trace, text) => received(({ body }) => ({ body: body + text }))(trace),
  (trace, text) => onTry(0, 0, ({ to: old }) => ({ to: { ...old, service: `${old.service}${text}` } }))(trace),
  (trace, text) => onTry(1, 0, ({ request }) => ({ request: { ...request, method: request.method + text } }))(trace),
  (trace, text) => onPass(0, ({ matched }) => ({ matched: `${matched}${text}` }))(trace),
  (trace, text) => onRule(1, (rule) => ({ text: `${rule.text}${text}` }))(trace),
  (trace, text) =>
    onHop(2, ({ answered: old }) => ({
      answered: { status: old?.status ?? 200, headers: [...(old?.headers ?? []), [`x-${text}`, text]], body: OTHER },
    }))(trace),
]

test('any trace that is changed in a place that is compared differs', () => {
  const change = fc.constantFrom(...CHANGES)
  fc.assert(
    fc.property(anyFlow, change, fc.string({ minLength: 1 }), (trace, mutate, text) => {
      expect(firstDifference(trace, mutate(trace, text))).not.toBeNull()
    }),
  )
})

describe('packed bodies', () => {
  const packed = (body: Buffer, coding: string): Trace =>
    everyAnswer((response) => ({ ...response, body: bytesFrom(body) }))(
      flow({ answerHeaders: [['Content-Encoding', coding]] }),
    )
  const text = Buffer.from('one and the same '.repeat(50))

  test('are compared by what they decode to', () => {
    const [fast, best] = [1, 9].map((level) => gzipSync(text, { level }))
    if (fast === undefined || best === undefined) throw new Error('there are two')
    expect(fast.equals(best)).toBe(false)
    expect(firstDifference(packed(fast, 'gzip'), packed(best, 'gzip'))).toBeNull()
    expect(firstDifference(packed(deflateSync(text), 'deflate'), packed(deflateRawSync(text), 'deflate'))).toBeNull()
    expect(firstDifference(packed(gzipSync('other'), 'gzip'), packed(best, 'gzip'))).toMatchObject({
      field: 'answered.body',
      left: 'other',
    })
  })

  test('are compared as they are where they are not what their header says', () => {
    expect(firstDifference(packed(Buffer.from('a'), 'gzip'), packed(Buffer.from('b'), 'gzip'))).not.toBeNull()
    expect(firstDifference(packed(Buffer.from('a'), 'gzip'), packed(Buffer.from('a'), 'gzip'))).toBeNull()
  })
})

/** Run with `--update` to write the page again after a change of the tables. */
test('the page of the guide is the tables', async () => {
  await expect(comparisonPage()).toMatchFileSnapshot('../../docs/guide/agreement.md')
})
