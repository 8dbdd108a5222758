import { expect, test } from 'vitest'
import { headerValue } from '../chain/message.ts'
import type { Capture } from '../scenario/scenario.ts'
import { expected, nginx, SPAN } from './fixtures/expectations.ts'
import { FakeEnvironment } from './fixtures/fake-environment.ts'
import { flow } from './fixtures/flow.ts'
import { request, scenario } from './fixtures/scenarios.ts'
import { runScenario } from './run-scenario.ts'

const OPTIONS = { seed: 7 }

function json(name: string, ...path: (string | number)[]): Capture {
  return { name, isSecret: false, span: SPAN, from: { kind: 'json', path } }
}

function answering(body: string): FakeEnvironment {
  return new FakeEnvironment({ request: ({ target }) => flow({ target, body }) })
}

test.each([
  ['null', '{"id":null}', ['id'], '$.id'],
  ['a member of null', '{"id":null}', ['id', 'x'], '$.id.x'],
  ['a member that every object inherits', '{}', ['constructor'], '$.constructor'],
  ['a method that every object inherits', '{"a":{}}', ['a', 'toString'], '$.a.toString'],
  ['the prototype', '{}', ['__proto__'], '$.__proto__'],
  ['a member of the prototype', '{}', ['__proto__', 'toString'], '$.__proto__.toString'],
  ['a method of a list', '[]', ['map'], '$.map'],
  ['the length of a text', '{"a":"text"}', ['a', 'length'], '$.a.length'],
  ['an item behind the last', '[1]', [1], '$[1]'],
  ['a member of no JSON', 'constructor', ['constructor'], '$.constructor'],
])('%s is nothing to capture', async (_, body, path, shown) => {
  const steps = [request('GET /', {}, { capture: [json('x', ...path)] })]
  expect((await runScenario(scenario(steps), answering(body), OPTIONS)).runs[0]?.steps).toMatchObject([
    {
      verdict: 'fail',
      checks: [{ what: 'capture.x', passed: false, expected: `a value at ${shown}`, actual: 'nothing' }],
    },
  ])
})

test.each([
  ['false', '{"x":false}', 'false'],
  ['zero', '{"x":0}', '0'],
  ['an empty text', '{"x":""}', ''],
  ['an own member of an inherited name', '{"x":{"toString":1}}', '{"toString":1}'],
])('%s is a value like any other', async (_, body, sent) => {
  const environment = answering(body)
  const steps = [request('GET /', {}, { capture: [json('x', 'x')] }), request(`GET /-\${x}`)]
  expect((await runScenario(scenario(steps), environment, OPTIONS)).verdict).toBe('pass')
  expect(environment.log).toContain(`GET /-${sent}`)
})

test('own members and captures may be called as what every object inherits', async () => {
  const environment = answering('{"__proto__":"p","constructor":"c","toString":"t"}')
  const names = ['__proto__', 'constructor', 'toString']
  const steps = [
    request(`GET /\${toString}`, {}, { capture: names.map((name) => json(name, name)) }),
    request(`GET /\${__proto__}/\${constructor}/\${toString}/\${valueOf}`, {
      nginx: nginx({ receives: expected(`/\${__proto__}/c/t/\${valueOf}`) }),
    }),
  ]
  expect((await runScenario(scenario(steps), environment, OPTIONS)).verdict).toBe('pass')
  expect(environment.log).toEqual(['start', `GET /\${toString}`, `GET /p/c/t/\${valueOf}`, 'dispose'])
})

test.each([
  ['the only line', ['/next'], null, '/next'],
  ['none of no lines', [], null, 'expected one line of header x-lines, got nothing'],
  ['none of two lines', ['a', 'b'], null, 'expected one line of header x-lines, got 2 lines'],
  ['the line that matches', ['sid=s-17; Path=/', 'theme=dark'], /^sid=.*/, 'sid=s-17; Path=/'],
  ['a group of that line', ['theme=dark', 'sid=s-17; Path=/'], /^sid=([^;]+)/, 's-17'],
  [
    'none of two that match',
    ['a=1', 'a=2'],
    /a=/,
    'expected one line of header x-lines that matches /a=/, got 2 lines',
  ],
])('of a header a capture takes %s', async (_, lines, pattern, taken) => {
  let sent: string | undefined
  const environment = new FakeEnvironment({
    request: ({ target, headers }) => {
      sent = headerValue(headers, 'x-value')
      return flow({ target, answerHeaders: lines.map((line) => ['X-Lines', line] as const) })
    },
  })
  const capture: Capture = {
    name: 'x',
    isSecret: false,
    span: SPAN,
    from: { kind: 'header', header: 'x-lines', pattern },
  }
  const steps = [
    request('GET /', {}, { capture: [capture] }),
    request('GET /b', {}, { headers: [['X-Value', `\${x}`]] }),
  ]
  const [run] = (await runScenario(scenario(steps), environment, OPTIONS)).runs
  const failed = run?.steps.flatMap(({ checks }) => checks.filter(({ passed }) => !passed)) ?? []
  const [words] = failed.map(({ expected, actual }) => `expected ${expected}, got ${actual}`)
  expect(words ?? sent).toBe(taken)
})

const whole: Capture = { name: 'x', isSecret: false, span: SPAN, from: { kind: 'body', pattern: /[\s\S]*/ } }

test.each([
  ['a carriage return', 'a\rb'],
  ['a line feed', 'a\nX-Evil: 1'],
  ['a whole header behind it', 'a\r\nX-Evil: 1'],
  ['a NUL', 'a\0b'],
  ['a DEL', 'a\x7fb'],
])('a header is not sent with %s that was captured, and the step says so at its place', async (_, body) => {
  const environment = answering(body)
  const opening = request('GET /ws', {}, { headers: [['X-Value', `<\${x}>`]] })
  if (opening.kind !== 'request') throw new Error('the fixture makes a request')
  const webSocket = {
    ...opening,
    kind: 'websocket' as const,
    messages: [],
    expect: { ...opening.expect, messages: expected([]) },
  }
  for (const second of [opening, webSocket]) {
    const result = await runScenario(
      scenario([request('GET /', {}, { capture: [whole] }), second]),
      environment,
      OPTIONS,
    )
    expect(result).toMatchObject({
      verdict: 'fail',
      runs: [
        {
          problem: null,
          steps: [
            {},
            { span: SPAN, checks: [{ span: SPAN, actual: expect.stringContaining('"X-Value"') }], trace: null },
          ],
        },
      ],
    })
  }
  expect(environment.log).toEqual(['start', 'GET /', 'dispose', 'start', 'GET /', 'dispose'])
})

test('a captured text goes into a header as the bytes that it was', async () => {
  let sent: unknown
  const environment = new FakeEnvironment({
    request: ({ target, headers }) => {
      sent = headers
      return flow({ target, body: 'ключ\t😀' })
    },
  })
  const steps = [request('GET /', {}, { capture: [whole] }), request('GET /b', {}, { headers: [['X-Value', `\${x}`]] })]
  expect((await runScenario(scenario(steps), environment, OPTIONS)).verdict).toBe('pass')
  expect(sent).toEqual([['X-Value', Buffer.from('ключ\t😀').toString('latin1')]])
})
