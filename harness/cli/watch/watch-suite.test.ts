import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { simulated } from '../../environments/simulated/simulated.ts'
import { runScenarios } from '../../runner/run-scenario.ts'
import { watchSuite } from './watch-suite.ts'

const FLOWMASTER = path.join(import.meta.dirname, '../../../scenarios/chains/flowmaster')

const SCENARIO = `scenario: Passes
chain: chains/flowmaster
steps:
  - request: GET /api/v1/processes
    expect: {status: 200}
`
const OTHER = SCENARIO.replace('chains/flowmaster', 'chains/other')

let dir: string
beforeEach(() => {
  dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'chain-watch-')))
  for (const name of ['flowmaster', 'other']) cpSync(FLOWMASTER, path.join(dir, 'chains', name), { recursive: true })
  mkdirSync(path.join(dir, 'a'))
  writeFileSync(path.join(dir, 'a/one.yaml'), SCENARIO)
  writeFileSync(path.join(dir, 'a/two.yaml'), SCENARIO)
  writeFileSync(path.join(dir, 'other.yaml'), OTHER)
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const at = (name: string): string => path.join(dir, name)

/**
 * Watches the folder on the simulated environment; before each round but the first, one of the actions happens.
 * @returns what each round came to: `one pass`, or that a file is not valid
 */
async function rounds(...actions: readonly (() => void)[]): Promise<string[][]> {
  const end = new AbortController()
  const found: string[][] = []
  const left = [...actions]
  await watchSuite(
    [dir],
    async ({ suite }, signal) => {
      const { scenarios, invalid } = suite
      const told = invalid.map(({ file }) => `${path.basename(file, '.yaml')} invalid`)
      const { notRun } = await runScenarios(scenarios, [simulated], { seed: 7, signal }, ({ source, verdict }) =>
        told.push(`${path.basename(source.file, '.yaml')} ${verdict}`),
      )
      found.push(told)
      const action = left.shift()
      if (action === undefined) end.abort()
      else action()
      return notRun.map(({ source }) => source.file)
    },
    end.signal,
  )
  return found
}

const ALL = ['one pass', 'two pass', 'other pass']

function edit(name: string, find: string, replacement: string): void {
  const text = readFileSync(at(name), 'utf8')
  expect(text).toContain(find)
  writeFileSync(at(name), text.replace(find, replacement))
}

test('a scenario file that is saved runs alone', async () => {
  const save = (): void => edit('a/one.yaml', '200', '201')
  expect(await rounds(save)).toEqual([ALL, ['one fail']])
})

test('a file of a chain runs the scenarios that have the chain, as it is now', async () => {
  expect(
    await rounds(
      () => edit('chains/other/nginx.conf', 'location /api/ {', 'location /api/ { return 418;'),
      () => edit('chains/flowmaster/gateway-config/routes.yaml', '/api/v1/processes', '/api/v2/processes'),
      () => edit('chains/other/nginx.conf', ' return 418;', ''),
    ),
  ).toEqual([ALL, ['other fail'], ['one fail', 'two fail'], ['other pass']])
})

test('a file that an editor puts in the place of another, and what it leaves beside it', async () => {
  const rename = (): void => {
    writeFileSync(at('chains/other/.nginx.conf.swp'), 'x')
    writeFileSync(at('chains/other/nginx.conf~'), readFileSync(at('chains/other/nginx.conf')))
    const text = readFileSync(at('chains/other/nginx.conf'), 'utf8')
    writeFileSync(at('chains/other/4913'), text.replace('location /api/ {', 'location /api/ { return 418;'))
    renameSync(at('chains/other/4913'), at('chains/other/nginx.conf'))
  }
  const again = (): void => edit('chains/other/nginx.conf', ' return 418;', '')
  expect(await rounds(rename, again)).toEqual([ALL, ['other fail'], ['other pass']])
})

test('new files and folders are run, deleted ones no more', async () => {
  const three = (): void => {
    mkdirSync(at('b/c'), { recursive: true })
    writeFileSync(at('b/c/three.yaml'), SCENARIO)
  }
  const change = (): void => edit('b/c/three.yaml', '200', '201')
  const remove = (): void => {
    rmSync(at('b'), { recursive: true })
    edit('a/one.yaml', 'Passes', 'Passes still')
  }
  expect(await rounds(three, change, remove)).toEqual([ALL, ['three pass'], ['three fail'], ['one pass']])
})

test('a file that nginx includes, also one that is new', async () => {
  const include = (): void => {
    writeFileSync(at('chains/other/tea.conf'), 'location /tea { return 418; }')
    edit('chains/other/nginx.conf', 'location /api/ {', 'include tea.conf; location /api/ {')
  }
  const change = (): void => edit('chains/other/tea.conf', '/tea', '/api/v1/processes')
  expect(await rounds(include, change)).toEqual([ALL, ['other pass'], ['other fail']])
})

test('a broken file is told, and the watch goes on', async () => {
  const breaks = (): void => writeFileSync(at('a/one.yaml'), 'scenario: [')
  const mends = (): void => writeFileSync(at('a/one.yaml'), SCENARIO)
  const removes = (): void => rmSync(at('chains/other'), { recursive: true })
  const copies = (): void => cpSync(FLOWMASTER, at('chains/other'), { recursive: true })
  expect(await rounds(breaks, mends, removes, copies)).toEqual([
    ALL,
    ['one invalid'],
    ['one pass'],
    ['other invalid'],
    ['other pass'],
  ])
})
