import { expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { parseScenario } from './load-scenario.ts'

const ROOT = `${import.meta.dirname}/fixtures`

/** The warnings of a file with these steps, as `code text: message`. */
function warnings(steps: string, examples = ''): string[] {
  const text = `scenario: x\nchain: chains/flowmaster\n${examples}steps:\n${steps}`
  const found = parseScenario(new Source(`${ROOT}/lint.yaml`, text), { root: ROOT, lint: true })
  expect(found.diagnostics).toEqual([])
  return found.warnings.map(({ code, span, message, source }) => {
    const line = source?.lineText(span.line) ?? ''
    return `${code} ${line.slice(span.column - 1, span.column - 1 + span.length)}: ${message}`
  })
}

const ROW = 'examples: [{id: 7}]\n'

test.each([
  ['PSOT /a', ['W_METHOD_UNKNOWN PSOT: "PSOT" is no method of HTTP: did you mean POST?']],
  ['get /a', ['W_METHOD_UNKNOWN get: "get" is no method of HTTP: did you mean GET?']],
  ['QWERTYUIOP /a', ['W_METHOD_UNKNOWN QWERTYUIOP: "QWERTYUIOP" is no method of HTTP']],
  ['PROPFIND /a', []],
  ['GET /a/{other}', ['W_PLACEHOLDER_MEANT "GET /a/{other}": "{other}" is no placeholder, and is taken as it stands']],
  [`GET /a/\${id}`, []],
])('the request line %s', (line, expected) => {
  expect(warnings(`  - {request: "${line}", expect: {status: 200}}\n`, line.includes('$') ? ROW : '')).toEqual(expected)
})

test('a method that a backend is expected to get', () => {
  const step = '  - {request: POST /a, expect: {backend: {method: Post}}}\n'
  expect(warnings(step)).toEqual(['W_METHOD_UNKNOWN Post: "Post" is no method of HTTP: did you mean POST?'])
})

test.each(['{id}', '{{id}}', '{{ id }}', '$id'])('%s, where the file has a value of that name', (text) => {
  const step = `  - {request: "GET /\${id}", headers: {x: "${text}"}, expect: {status: 200}}\n`
  expect(warnings(step, ROW)).toEqual([
    `W_PLACEHOLDER_MEANT "${text}": "${text}" is no placeholder, and is taken as it stands`,
  ])
  expect(warnings(step.replaceAll('id', 'no'), 'examples: [{no: 7, id: 8}]\n')).toHaveLength(1)
})

test('braces of routes, patterns and JSON are no placeholders', () => {
  const step = `  - request: GET /\${id}
    body: '{"id":7}'
    expect: {gateway: {route: "/v1/{id}"}, body: {matches: "a{id}"}}
`
  expect(warnings(step, ROW)).toEqual([])
})

test('a capture that nobody uses', () => {
  const step = '  - {request: GET /a, expect: {status: 200}, capture: {one: {json: $.a}, two: {json: $.b}}}\n'
  const next = `  - {request: "GET /\${two}", expect: {status: 200}}\n`
  expect(warnings(step + next)).toEqual([`W_CAPTURE_UNUSED one: no step uses \${one}`])
})

test.each([
  ['body: {matches: .*}', ['W_EXPECTS_ALWAYS {matches: .*}: every body is so: this cannot fail']],
  ['body: {contains: ""}', ['W_EXPECTS_ALWAYS {contains: ""}: every body is so: this cannot fail']],
  ['backend: {answers: {body: {matches: x*}}}', ['W_EXPECTS_ALWAYS {matches: x*}: every body is so: this cannot fail']],
  ['body: {matches: ^$}', []],
  ['headers: {x: {matches: .*}}', []],
])('the expectation %s', (expectation, expected) => {
  expect(warnings(`  - {request: GET /a, expect: {${expectation}}}\n`)).toEqual(expected)
})

test('nginx behind which a request enters', () => {
  const step = (hop: string) => `  - {request: GET /a, via: gateway, expect: {nginx: ${hop}}}\n`
  expect(warnings(step('{location: /}'))).toEqual([
    'W_EXPECTS_NEVER nginx: a request via gateway never reaches nginx: this cannot pass',
  ])
  expect(warnings(step('unreached'))).toEqual([])
})

test.each([
  ['too deep', '  - request: GET /a\n      expect: {status: 200}\n', 5, '"request" in line 4', 4],
  ['between', '  - request: GET /a\n   expect: {status: 200}\n', 5, '"request" in line 4', 4],
  ['at the dash', '  - request: GET /a\n  expect: {status: 200}\n', 5, '"request" in line 4', 4],
  [
    'an item too deep',
    '  - request: GET /a\n    expect: {status: 200}\n    - stop: a\n',
    6,
    'the list item in line 4',
    2,
  ],
  [
    'an item too shallow',
    '  - request: GET /a\n    expect: {status: 200}\n - stop: a\n',
    6,
    'the list item in line 4',
    2,
  ],
  [
    'below a value',
    '  - request: GET /a\n    expect:\n      status: 200\n        body: x\n',
    7,
    '"status" in line 6',
    6,
  ],
])('a line that is indented %s is told at its place, with the right one', (_, steps, line, like, spaces) => {
  const text = `scenario: x\nchain: chains/flowmaster\nsteps:\n${steps}`
  const { diagnostics } = parseScenario(new Source(`${ROOT}/lint.yaml`, text), { root: ROOT })
  expect(diagnostics.map(({ span, hint }) => [span.line, hint])).toEqual([
    [line, `Indent it by ${spaces} spaces, like ${like}.`],
  ])
})

test.each([
  ['  - request: GET /a\nexpect: {status: 200}\n', 'It is a key of a step: indent it like "request".'],
  [
    '  - request: GET /a\n    expect: {body: a}\n    status: 200\n',
    'It is a key of "expect": indent it further than "expect".',
  ],
  [
    '  - request: GET /a\n    expect: {location: /}\n',
    'It is a key of nginx, gateway or backend, under "expect": indent it further than that.',
  ],
])('a key on the wrong level has a hint where it belongs', (steps, hint) => {
  const text = `scenario: x\nchain: chains/flowmaster\nsteps:\n${steps}`
  const { diagnostics } = parseScenario(new Source(`${ROOT}/lint.yaml`, text), { root: ROOT })
  expect(diagnostics.find(({ code }) => code === 'E_SCENARIO_UNKNOWN_KEY')?.hint).toBe(hint)
})
