import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PatternBudgetError } from '../scenario/pattern.ts'
import type { ExchangeExpectation, HeaderMatcher } from '../scenario/scenario.ts'
import type { Trace } from '../trace/trace.ts'
import { backend, expectation, expected, gateway, header, json, nginx, text } from './fixtures/expectations.ts'
import { flow } from './fixtures/flow.ts'
import { judge, judgeBlame, judgeList } from './judge.ts'

const REWRITTEN = flow({
  target: '/api/v1/process-design/42',
  headers: [['Host', 'flowmaster.example']],
  nginx: {
    sentHeaders: [
      ['Host', 'flowmaster.example'],
      ['X-Forwarded-Proto', 'http'],
    ],
  },
  gateway: { sends: '/api/v1/processes/42' },
})

type Row = readonly [what: string, expect: Partial<ExchangeExpectation>, wanted: string, actual: string]

const MISMATCHES: readonly Row[] = [
  ['status', { status: expected(404) }, '404', '200'],
  ['status', { status: expected('5xx') }, '5xx', '200'],
  ['headers.content-type', { headers: [header('content-type', 'text/html')] }, 'text/html', 'application/json'],
  ['headers.content-type', { headers: [header('content-type', { kind: 'absent' })] }, 'absent', 'application/json'],
  ['headers.x-a', { headers: [header('x-a', { kind: 'contains', text: 'b' })] }, 'contains "b"', 'absent'],
  ['headers.x-a', { headers: [header('x-a', { kind: 'matches', pattern: /^b$/ })] }, 'matches /^b$/', 'absent'],
  ['body', { body: expected(text('{"ok":false}')) }, '{"ok":false}', '{"ok":true}'],
  ['within', { withinMs: expected(2) }, 'at most 2 ms', '3 ms'],
  ['nginx', { nginx: nginx({ reached: false }) }, 'unreached', 'reached'],
  ['nginx.location', { nginx: nginx({ location: expected('= /api') }) }, '= /api', '/api/'],
  ['nginx.sends', { nginx: nginx({ sends: expected('/v1/x') }) }, '/v1/x', '/api/v1/process-design/42'],
  [
    'nginx.to',
    { nginx: nginx({ to: expected('frontend-nextjs') }) },
    'frontend-nextjs',
    'api-gateway (10.43.193.134:9000)',
  ],
  ['nginx.tries', { nginx: nginx({ tries: expected(2) }) }, '2', '1'],
  ['nginx.httpVersion', { nginx: nginx({ httpVersion: expected('1.0') }) }, '1.0', '1.1'],
  [
    'gateway.answers.headers.content-type',
    { gateway: gateway({ answers: { headers: [header('content-type', 'text/html')], body: null } }) },
    'text/html',
    'application/json',
  ],
  [
    'backend.answers.body',
    { backend: backend({ answers: { headers: [], body: expected(text('gone')) } }) },
    'gone',
    '{"ok":true}',
  ],
  ['nginx.status', { nginx: nginx({ status: expected(301) }) }, '301', '200'],
  ['gateway.receives', { gateway: gateway({ receives: expected('/v1/x') }) }, '/v1/x', '/api/v1/process-design/42'],
  ['gateway.route', { gateway: gateway({ route: expected(null) }) }, 'none', '/v1/process-design/*'],
  ['gateway.sends', { gateway: gateway({ sends: expected('/x') }) }, '/x', '/api/v1/processes/42'],
  ['backend.service', { backend: backend({ service: expected('scheduling') }) }, 'scheduling', 'process-design'],
  ['backend.method', { backend: backend({ method: expected('PUT') }) }, 'PUT', 'GET'],
  [
    'backend.headers.x-forwarded-proto',
    { backend: backend({ headers: [header('x-forwarded-proto', 'https')] }) },
    'https',
    'http',
  ],
  ['backend.body', { backend: backend({ body: expected(text('x')) }) }, 'x', ''],
]

test.each(MISMATCHES)('%s that is not so fails, in words (%#)', (what, expect_, wanted, actual) => {
  const failed = judge(expectation(expect_), REWRITTEN).filter(({ passed }) => !passed)
  expect(failed).toMatchObject([{ what, expected: wanted, actual }])
})

const MATCHES: readonly Partial<ExchangeExpectation>[] = [
  { status: expected('2xx') },
  { headers: [header('CONTENT-TYPE', { kind: 'contains', text: 'json' }), header('x-powered-by', { kind: 'absent' })] },
  { body: json({ ok: true }) },
  { nginx: nginx({ to: expected('10.43.193.134:9000') }) },
  { gateway: gateway({ to: expected('process-design:9003') }) },
  { gateway: gateway({ to: expected('10.43.7.3:9003') }) },
]

test.each(MATCHES)('what holds passes, and says nothing (%#)', (expect_) => {
  for (const check of judge(expectation(expect_), REWRITTEN)) {
    expect(check).toMatchObject({ passed: true, expected: '', actual: '' })
  }
})

describe('the lines of a header', () => {
  const line = text('nosniff')
  const ROWS: readonly (readonly [
    name: string,
    matcher: HeaderMatcher | string,
    lines: string[],
    words: string | null,
  ])[] = [
    ['a text is one line', 'a', ['a'], null],
    ['and not two', 'a', ['a', 'a'], 'expected 1 line: "a", got 2 lines: "a", "a"'],
    ['nor a list of two that are joined', 'a, b', ['a', 'b'], 'expected 1 line: "a, b", got 2 lines: "a", "b"'],
    [
      'contains is one line',
      { kind: 'contains', text: 'a' },
      ['a', 'b'],
      'expected 1 line: contains "a", got 2 lines: "a", "b"',
    ],
    [
      'matches is one line',
      { kind: 'matches', pattern: /^a/ },
      ['ab', 'a'],
      'expected 1 line: matches /^a/, got 2 lines: "ab", "a"',
    ],
    ['absent is none of them', { kind: 'absent' }, ['a', 'b'], 'expected absent, got 2 lines: "a", "b"'],
    ['some is one of them', { kind: 'some', line }, ['a', 'nosniff', 'b'], null],
    ['some is the only one', { kind: 'some', line }, ['nosniff'], null],
    [
      'some is none of them',
      { kind: 'some', line },
      ['a', 'b'],
      'expected a line that is "nosniff", got 2 lines: "a", "b"',
    ],
    [
      'some that contains',
      { kind: 'some', line: { kind: 'contains', text: 'x' } },
      ['a'],
      'expected a line that contains "x", got a',
    ],
    ['some where there is none', { kind: 'some', line }, [], 'expected a line that is "nosniff", got absent'],
    [
      'a list is all of them',
      { kind: 'lines', lines: [text('a'), { kind: 'contains', text: 'b' }] },
      ['a', 'bb'],
      null,
    ],
    [
      'in their order',
      { kind: 'lines', lines: [text('a'), text('b')] },
      ['b', 'a'],
      'expected 2 lines: "a", "b", got 2 lines: "b", "a"',
    ],
    ['and no more', { kind: 'lines', lines: [text('a')] }, ['a', 'a'], 'expected 1 line: "a", got 2 lines: "a", "a"'],
    [
      'nor fewer',
      { kind: 'lines', lines: [text('a'), { kind: 'matches', pattern: /b/ }] },
      ['a'],
      'expected 2 lines: "a", matches /b/, got 1 line: "a"',
    ],
  ]

  test.each(ROWS)('%s', (_, matcher, lines, words) => {
    const headers = lines.map((value) => ['X-Lines', value] as const)
    const answered = flow({ answerHeaders: headers })
    const received = flow({ headers })
    const wanted = [header('x-lines', matcher)]
    const checks = [
      ...judge(expectation({ headers: wanted }), answered),
      ...judge(expectation({ nginx: nginx({ headers: wanted }) }), received),
      ...judge(expectation({ gateway: gateway({ headers: wanted }) }), received),
      ...judge(expectation({ backend: backend({ headers: wanted }) }), received),
    ].filter(({ what }) => what.includes('headers'))
    const found = checks.map(({ passed, expected, actual }) => (passed ? null : `expected ${expected}, got ${actual}`))
    expect(found).toEqual([words, words, words, words])
  })
})

test('a pattern that does not come to an end fails its own check', () => {
  const stopped = (): never => {
    throw new PatternBudgetError('it was still trying')
  }
  const matcher = { kind: 'matches', pattern: { source: '^(?=a)(a|a)*$', test: stopped, exec: stopped } } as const
  const headers = [header('content-type', matcher)]
  const checks = judge(expectation({ status: expected(200), headers, body: expected(matcher) }), flow())
  const words = { passed: false, expected: 'a pattern that comes to an end', actual: 'it was still trying' }
  expect(checks).toMatchObject([
    { what: 'status', passed: true },
    { what: 'headers.content-type', ...words },
    { what: 'body', ...words },
  ])
})

test('nothing expected is nothing checked', () => {
  expect(judge(expectation({}), REWRITTEN)).toEqual([])
})

test('a hop that was not reached fails once, not for everything expected of it', () => {
  const trace = flow({ status: 504, nginx: { outcome: 'connect-timeout' }, gateway: null, backend: null })
  const checks = judge(
    expectation({
      gateway: gateway({ route: expected('/v1/x'), sends: expected('/x') }),
      backend: backend({ reached: false }),
    }),
    trace,
  )
  expect(checks).toMatchObject([
    { what: 'gateway', passed: false, expected: 'reached', actual: 'unreached' },
    { what: 'backend', passed: true },
  ])
})

test('an answer that never came fails every status', () => {
  const checks = judge(expectation({ status: expected('2xx') }), flow({ status: null }))
  expect(checks).toMatchObject([{ passed: false, actual: 'no answer: the connection was closed' }])
})

test('the last try of several counts', () => {
  const trace = flow()
  const [hop, ...rest] = trace.exchanges
  const pass = hop?.passes[0]
  const last = pass?.tries[0]
  if (hop === undefined || pass === undefined || last === undefined) throw new Error('the fixture has a try')
  const first = {
    ...last,
    outcome: 'refused' as const,
    response: null,
    request: { ...last.request, target: '/first' },
  }
  const retried: Trace = { ...trace, exchanges: [{ ...hop, passes: [{ ...pass, tries: [first, last] }] }, ...rest] }
  const checks = judge(expectation({ nginx: nginx({ sends: expected('/api/v1/processes/42') }) }), retried)
  expect(checks.every(({ passed }) => passed)).toBe(true)
})

describe('JSON bodies', () => {
  const BODY = { ok: true, items: [{ id: 1, name: 'a' }, { id: 2 }], __proto__2: null }
  const against = (value: Parameters<typeof json>[0], body = JSON.stringify(BODY)) =>
    judge(expectation({ body: json(value) }), flow({ body }))[0]

  test.each([
    [{ ok: false }, '$.ok'],
    [{ items: [{ id: 1 }] }, '$.items'],
    [{ items: [{ id: 1 }, { id: 3 }] }, '$.items[1].id'],
    [{ items: [{ id: 1 }, { 'odd name': 3 }] }, '$.items[1]["odd name"]'],
    [{ missing: null }, '$.missing'],
    [[], '$'],
  ])('%j differs at %s', (value, at) => {
    expect(against(value)).toMatchObject({ passed: false, at })
  })

  test('members that nobody asked for do not show in what is compared', () => {
    expect(against({ items: [{ id: 1 }, { id: 3 }] })).toMatchObject({
      expected: JSON.stringify({ items: [{ id: 1 }, { id: 3 }] }, null, 2),
      actual: JSON.stringify({ items: [{ id: 1 }, { id: 2 }] }, null, 2),
    })
  })

  test('a body that is no JSON is shown as it is', () => {
    expect(against({ ok: true }, '<html>')).toMatchObject({ passed: false, actual: '<html>', at: null })
    expect(against({ ok: true }, '')).toMatchObject({ passed: false, actual: 'an empty body' })
  })

  test('every JSON value has everything that it itself asks for', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const body = JSON.stringify(value)
        expect(against(JSON.parse(body), body)).toMatchObject({ passed: true })
      }),
    )
  })
})

test('a long body is cut to where it differs', () => {
  const long = 'x'.repeat(5_000_000)
  const [check] = judge(expectation({ body: expected(text(`${long}a`)) }), flow({ body: `${long}b` }))
  expect(check?.actual).toMatch(/^…x+b$/)
  expect(check?.actual.length).toBeLessThan(6_000)
})

test('secret headers are not shown', () => {
  const trace = flow({ headers: [['Authorization', 'Bearer hunter22']] })
  const checks = judge(expectation({ backend: backend({ headers: [header('authorization', 'Bearer other')] }) }), trace)
  expect(JSON.stringify(checks)).not.toMatch(/hunter22|other/)
})

test('blame accepts the hop or the Service', () => {
  const blame = { hop: 'backend', service: 'scheduling', rule: null, because: 'it is down', remedy: null } as const
  expect(judgeBlame(expected('backend'), blame)).toMatchObject([{ passed: true }])
  expect(judgeBlame(expected('scheduling'), blame)).toMatchObject([{ passed: true }])
  expect(judgeBlame(expected('nginx'), blame)).toMatchObject([{ passed: false, actual: 'backend: it is down' }])
  expect(judgeBlame(expected('nginx'), null)).toMatchObject([
    { passed: false, actual: 'nobody: the answer is no error' },
  ])
})

test('a list is the expected one or it is not', () => {
  expect(judgeList('messages', expected(['a', 'b']), ['a', 'b'])).toMatchObject([{ passed: true }])
  expect(judgeList('messages', expected(['a', 'b']), ['b', 'a'])).toMatchObject([
    { passed: false, actual: '["b","a"]' },
  ])
})

/** For each field an expectation of that text alone, to be made right or wrong. */
const FIELDS: Readonly<Record<string, (text: string) => Partial<ExchangeExpectation>>> = {
  status: (value) => ({ status: expected(Number(value)) }),
  'headers.x-a': (value) => ({ headers: [header('x-a', value)] }),
  body: (value) => ({ body: expected(text(value)) }),
  'nginx.location': (value) => ({ nginx: nginx({ location: expected(value) }) }),
  'nginx.receives': (value) => ({ nginx: nginx({ receives: expected(value) }) }),
  'nginx.sends': (value) => ({ nginx: nginx({ sends: expected(value) }) }),
  'nginx.to': (value) => ({ nginx: nginx({ to: expected(value) }) }),
  'gateway.route': (value) => ({ gateway: gateway({ route: expected(value) }) }),
  'gateway.receives': (value) => ({ gateway: gateway({ receives: expected(value) }) }),
  'gateway.sends': (value) => ({ gateway: gateway({ sends: expected(value) }) }),
  'backend.service': (value) => ({ backend: backend({ service: expected(value) }) }),
  'backend.method': (value) => ({ backend: backend({ method: expected(value) }) }),
  'backend.receives': (value) => ({ backend: backend({ receives: expected(value) }) }),
  'backend.headers.x-b': (value) => ({ backend: backend({ headers: [header('x-b', value)] }) }),
  'backend.body': (value) => ({ backend: backend({ body: expected(text(value)) }) }),
}

test('what the trace holds passes whole; one changed field fails exactly its own check', () => {
  const word = fc.string({ minLength: 1, unit: fc.constantFrom(...'abc/?=&%20.~') })
  const values = fc.record(Object.fromEntries(Object.keys(FIELDS).map((field) => [field, word])))
  const statuses = fc.integer({ min: 200, max: 599 })
  const wrongs = fc.constantFrom(...Object.keys(FIELDS))
  fc.assert(
    fc.property(values, statuses, wrongs, (words, status, wrong) => {
      const value = (field: string): string => words[field] ?? ''
      const held: Record<string, string> = { ...words, status: String(status) }
      // A hop receives what the one before it sent.
      held['gateway.receives'] = value('nginx.sends')
      held['backend.receives'] = value('gateway.sends')
      const trace = flow({
        target: value('nginx.receives'),
        method: value('backend.method'),
        requestBody: value('backend.body'),
        status,
        body: value('body'),
        answerHeaders: [['X-A', value('headers.x-a')]],
        headers: [['X-B', value('backend.headers.x-b')]],
        nginx: { matched: value('nginx.location'), sends: value('nginx.sends'), to: { service: value('nginx.to') } },
        gateway: { matched: value('gateway.route'), sends: value('gateway.sends') },
        backend: { service: value('backend.service') },
      })
      const failed = Object.entries(FIELDS).flatMap(([field, expecting]) => {
        const right = held[field] ?? ''
        const one = field !== wrong ? right : field === 'status' ? String(status + 1) : `${right}!`
        return judge(expectation(expecting(one)), trace).filter(({ passed }) => !passed)
      })
      expect(failed.map(({ what }) => what)).toEqual([wrong])
    }),
  )
})
