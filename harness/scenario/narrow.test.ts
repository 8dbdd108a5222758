import path from 'node:path'
import { expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { parseScenario } from './load-scenario.ts'
import { narrowed, partAtLine, rowsOf } from './narrow.ts'
import type { Scenario } from './scenario.ts'

const ROOT = path.join(import.meta.dirname, '../../scenarios')

const TEXT = `scenario: Two chains, three rows
chain: chains/flowmaster
variants:
  buggy:
    must: fail
    chain:
      site: {replace: "proxy_pass http://10.43.193.134:9000;", with: "return 404;"}
  fixed: {}
examples:
  - {id: 7, name: a}
  - id: 8
    name: "b, c"
  - {id: 9, name: a}
steps:
  - request: GET /api/v1/processes/\${id}
    headers: {x-name: "\${name}"}
    expect: {status: 200}
`

function read(): Scenario {
  const source = new Source(path.join(ROOT, 'routing/narrow.yaml'), TEXT)
  const { scenario, diagnostics } = parseScenario(source, { root: ROOT })
  expect(diagnostics).toEqual([])
  if (scenario === null) throw new Error('it is valid')
  return scenario
}

test.each([
  [1, { variant: null, row: null }],
  [3, { variant: null, row: null }],
  [4, { variant: 'buggy', row: null }],
  [7, { variant: 'buggy', row: null }],
  [8, { variant: 'fixed', row: null }],
  [10, { variant: null, row: 1 }],
  [11, { variant: null, row: 2 }],
  [12, { variant: null, row: 2 }],
  [13, { variant: null, row: 3 }],
  [15, { variant: null, row: null }],
  [16, { variant: null, row: null }],
])('line %i is in %o', (line, part) => {
  expect(partAtLine(read(), line)).toEqual(part)
})

test('a line of a file without variants and examples is in all of it', () => {
  const text = 'scenario: Plain\nchain: chains/flowmaster\nsteps:\n  - request: GET /\n    expect: {status: 200}\n'
  const { scenario } = parseScenario(new Source(path.join(ROOT, 'routing/x.yaml'), text), { root: ROOT })
  expect(scenario && partAtLine(scenario, 4)).toEqual({ variant: null, row: null })
})

test('parts leave their variants and rows', () => {
  const shape = (one: Scenario | null) =>
    one && [one.variants.map(({ name }) => name), one.examples.map(({ id }) => id)]
  const all = read()
  expect(shape(narrowed(all, [{ variant: 'fixed', row: null }]))).toEqual([['fixed'], ['7', '8', '9']])
  expect(shape(narrowed(all, [{ variant: null, row: 2 }]))).toEqual([['buggy', 'fixed'], ['8']])
  expect(
    shape(
      narrowed(all, [
        { variant: 'buggy', row: 1 },
        { variant: 'buggy', row: 3 },
      ]),
    ),
  ).toEqual([['buggy'], ['7', '9']])
  expect(narrowed(all, [{ variant: 'nope', row: null }])).toBeNull()
  expect(narrowed(all, [])).toBeNull()
})

test.each([
  ['2', [2]],
  ['4', []],
  ['id=7', [1]],
  ['name=a', [1, 3]],
  ['id=9, name=a', [3]],
  ['id=8, name=b, c', [2]],
  ['nope=1', []],
  ['', []],
])('--example %j means rows %j', (written, rows) => {
  expect(rowsOf(read(), written)).toEqual(rows)
})
