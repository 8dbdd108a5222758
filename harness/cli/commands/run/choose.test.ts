import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Source } from '../../../diagnostics/source.ts'
import { scenario, variant } from '../../../runner/fixtures/scenarios.ts'
import { LastFailed } from '../../last-failed.ts'
import { type Choice, choose } from './choose.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'chain-choose-'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const TEXT = `scenario: A bug
variants:
  buggy: {must: fail}
  fixed: {}
examples:
  - {id: 7}
  - {id: 8}
steps: []
`
const BUG = scenario([], {
  name: 'A bug',
  source: new Source('bug.yaml', TEXT),
  tags: ['bug'],
  variants: [variant({ name: 'buggy', must: 'fail' }), variant({ name: 'fixed' })],
  examples: [{ id: '7' }, { id: '8' }],
})
const PLAIN = scenario([], { name: 'Plain', source: new Source('plain.yaml', 'scenario: Plain\n') })

function chosen(given: Partial<Choice>, lines: ReadonlyMap<string, readonly number[]> = new Map()) {
  const choice = { tag: [], variant: [], example: [], lastFailed: false, ...given }
  const found = choose([BUG, PLAIN], lines, choice, LastFailed.in(dir))
  if (typeof found === 'string') return found
  return found.map(({ name, variants, examples }) => [
    name,
    variants.flatMap((one) => one.name ?? []).join(),
    examples.flatMap(({ id }) => id ?? []).join(),
  ])
}

const ALL = [
  ['A bug', 'buggy,fixed', '7,8'],
  ['Plain', '', ''],
]

test('without a choice it is everything', () => {
  expect(chosen({})).toEqual(ALL)
})

test.each([
  [{ tag: ['bug'] }, [['A bug', 'buggy,fixed', '7,8']]],
  [{ variant: ['fixed'] }, [['A bug', 'fixed', '7,8']]],
  [{ variant: ['fixed', 'buggy'], example: ['id=8'] }, [['A bug', 'buggy,fixed', '8']]],
  [{ example: ['1', '2'] }, [['A bug', 'buggy,fixed', '7,8']]],
  [{ variant: ['fxed'] }, 'none of them has a variant "fxed". Did you mean "fixed"?'],
  [{ example: ['id=9'] }, 'none of them has an example "id=9". Write its number, or one of its values: id=7'],
  [{ tag: ['nope'] }, '--tag and --grep leave none of the 2'],
] as const)('%j', (given, expected) => {
  expect(chosen(given)).toEqual(expected)
})

test('a line chooses what it is in, and leaves other files whole', () => {
  expect(chosen({}, new Map([['bug.yaml', [4]]]))).toEqual([['A bug', 'fixed', '7,8'], ALL[1]])
  expect(chosen({}, new Map([['bug.yaml', [4, 7]]]))).toEqual([['A bug', 'buggy,fixed', '7,8'], ALL[1]])
  expect(chosen({ variant: ['buggy'] }, new Map([['bug.yaml', [7]]]))).toEqual([['A bug', 'buggy', '8']])
  expect(chosen({ variant: ['buggy'] }, new Map([['bug.yaml', [4]]]))).toBe(
    'the parts that were named are none of them',
  )
  expect(chosen({}, new Map([['bug.yaml', [9]]]))).toBe('"bug.yaml" has no line 9, it ends with line 8')
})

test('--last-failed chooses what failed, and everything where nothing did', () => {
  expect(chosen({ lastFailed: true })).toEqual(ALL)
  mkdirSync(path.join(dir, '.chain'))
  const project = path.relative(dir, process.cwd())
  const failed = { [path.join(project, 'bug.yaml')]: [{ variant: 'fixed', row: 2 }] }
  writeFileSync(path.join(dir, '.chain/last-failed.json'), JSON.stringify({ version: 1, failed }))
  expect(chosen({ lastFailed: true })).toEqual([['A bug', 'fixed', '8']])
  expect(chosen({ lastFailed: true, variant: ['buggy'] })).toBe('those that failed last time are none of them')
})
