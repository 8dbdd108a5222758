import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { MAX_STEPS_IN_ALL } from './limits.ts'
import { loadScenario, parseScenario } from './load-scenario.ts'

vi.setConfig({ testTimeout: 60_000 })

const fixtures = path.join(import.meta.dirname, 'fixtures')
const HEAD = 'scenario: s\nchain: chains/flowmaster\n'
const STEP = '  - {request: GET /, expect: {status: 200}}\n'

let dir = ''
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'chain-'))
  cpSync(path.join(fixtures, 'chains/flowmaster'), path.join(dir, 'chains/flowmaster'), { recursive: true })
  symlinkSync(path.join(fixtures, 'chains/flowmaster'), path.join(dir, 'chains/linked'))
})
afterAll(() => rmSync(dir, { recursive: true }))

function codesOf(text: string): string[] {
  const { scenario, diagnostics } = parseScenario(new Source(path.join(fixtures, 'valid/x.yaml'), text), {
    root: fixtures,
  })
  expect(scenario === null).toBe(diagnostics.length > 0)
  return [...new Set(diagnostics.map(({ code }) => code))]
}

function codesOfFile(name: string, content: string | Buffer): string[] {
  const file = path.join(dir, name)
  writeFileSync(file, content)
  return loadScenario(file, { root: dir }).diagnostics.map(({ code }) => code)
}

test.each([
  ['a file elsewhere', '/etc/hostname'],
  ['what the kernel tells of this process', '/proc/self/environ'],
  ['a folder elsewhere', '/etc'],
])('a symbolic link to %s is refused, and nothing of it is shown', (_, target) => {
  const file = path.join(dir, 'linked.yaml')
  symlinkSync(target, file)
  const { diagnostics } = loadScenario(file, { root: dir })
  rmSync(file)
  expect(diagnostics).toMatchObject([{ code: 'E_PATH_OUTSIDE', message: expect.stringContaining('a symbolic link') }])
  expect(diagnostics[0]?.source?.text).toBe('')
})

test('a symbolic link that stays in the folder is read', () => {
  writeFileSync(path.join(dir, 'target.yaml'), 'scenario: s\n')
  symlinkSync('target.yaml', path.join(dir, 'inner.yaml'))
  const { diagnostics } = loadScenario(path.join(dir, 'inner.yaml'), { root: dir })
  expect(diagnostics.map(({ code }) => code)).not.toContain('E_PATH_OUTSIDE')
})

const aliasBomb = (levels: number) => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
  for (let at = 1; at <= levels; at++) lines.push(`a${at}: &a${at} [${`*a${at - 1}, `.repeat(9)}*a${at - 1}]`)
  return lines.join('\n')
}

test.each<[string, string, string]>([
  ['an alias bomb', aliasBomb(9), 'E_YAML_ALIAS'],
  ['many uses of one alias', `a: &a x\nb: [${'*a, '.repeat(200)}]`, 'E_YAML_ALIAS'],
  ['deep flow nesting', `${HEAD}steps: ${'['.repeat(200_000)}`, 'E_YAML_DEPTH'],
  ['deep block nesting', '- '.repeat(200_000), 'E_YAML_DEPTH'],
  ['deep mappings', '{a: '.repeat(200_000), 'E_YAML_DEPTH'],
  ['very many values', `steps: [${'a,'.repeat(300_000)}]`, 'E_YAML_SIZE'],
  [
    'a mapping with very many keys',
    Array.from({ length: 30_000 }, (_, at) => `k${at}: 1`).join('\n'),
    'E_SCENARIO_UNKNOWN_KEY',
  ],
  ['too many steps', `${HEAD}steps:\n${STEP.repeat(1001)}`, 'E_SCENARIO_TYPE'],
  ['too many rows', `${HEAD}examples:\n${'  - {a: b}\n'.repeat(1001)}steps:\n${STEP}`, 'E_SCENARIO_TYPE'],
  [
    'too many steps in all',
    `${HEAD}examples:\n${'  - {a: b}\n'.repeat(1000)}steps:\n${STEP.repeat(MAX_STEPS_IN_ALL / 1000 + 1)}`,
    'E_SCENARIO_SIZE',
  ],
  [
    'a row that blows the steps up',
    `${HEAD}examples: [{a: ${'x'.repeat(400_000)}}]\nsteps:\n  - {request: POST /, body: "${`\${a}`.repeat(100_000)}", expect: {status: 200}}`,
    'E_SCENARIO_SIZE',
  ],
  [
    'a very long pattern',
    `${HEAD}steps: [{request: GET /, expect: {body: {matches: "${'a'.repeat(1001)}"}}}]`,
    'E_SCENARIO_TYPE',
  ],
])('%s is a problem, found soon', (_, text, code) => {
  expect(codesOf(text)).toContain(code)
})

test('a file over 1 MiB is not read, whatever is in it', () => {
  expect(codesOfFile('big.yaml', '#'.repeat(1024 * 1024 + 1))).toEqual(['E_FILE_SIZE'])
})

test('only UTF-8 is read', () => {
  expect(codesOfFile('latin1.yaml', Buffer.from('scenario: gr\xfcn\n', 'latin1'))).toEqual(['E_FILE_ENCODING'])
  expect(codesOfFile('utf16.yaml', Buffer.from('\ufeffscenario: s\n', 'utf16le'))).toEqual(['E_FILE_ENCODING'])
})

test('a missing file and a folder are problems', () => {
  const codes = (name: string) => loadScenario(path.join(dir, name), { root: dir }).diagnostics.map(({ code }) => code)
  expect(codes('nowhere.yaml')).toEqual(['E_FILE_MISSING'])
  expect(codes('chains')).toEqual(['E_FILE_MISSING'])
})

test('a byte order mark and Windows line ends change nothing', () => {
  const text = `${HEAD}steps:\n${STEP}`
  expect(codesOfFile('windows.yaml', `\ufeff${text.replaceAll('\n', '\r\n')}`)).toEqual([])
})

test('a symbolic link does not lead out of the scenarios folder', () => {
  const file = path.join(dir, 'link.yaml')
  writeFileSync(file, `scenario: s\nchain: chains/linked\nsteps:\n${STEP}`)
  expect(loadScenario(file, { root: dir }).diagnostics).toMatchObject([
    { code: 'E_PATH_OUTSIDE', span: { line: 2, column: 8 } },
  ])
})

test.each([
  `${HEAD}__proto__: {polluted: 1}\nsteps:\n${STEP}`,
  `${HEAD}steps:\n  - {request: POST /, json: {__proto__: {polluted: 1}}, expect: {status: 200}}`,
  `${HEAD}steps:\n  - {request: GET /, headers: {__proto__: x}, expect: {status: 200}}`,
  `${HEAD}steps:\n  - {request: GET /, expect: {status: 200}, capture: {__proto__: {json: $.a}}}`,
  `${HEAD}examples: [{id: 1, "__proto__": 2}]\nsteps:\n${STEP}`,
])('a __proto__ key is refused, wherever it stands, and reaches no prototype: %j', (text) => {
  expect(codesOf(text)).toEqual(['E_YAML_KEY'])
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
})
