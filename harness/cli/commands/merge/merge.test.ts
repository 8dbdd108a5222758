import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Source } from '../../../diagnostics/source.ts'
import { resultOf, STATUS, step, strippedResult, written } from '../../../reporters/fixtures.ts'
import { jsonReporter } from '../../../reporters/json.ts'
import type { RunReport } from '../../../runner/result.ts'
import { command } from '../../fixtures/command.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'chain-merge-'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

async function shard(kind: 'pass' | 'fail' | 'none', given: Partial<Omit<RunReport, 'agreements'>> = {}) {
  const result = kind === 'fail' ? await strippedResult() : await resultOf([step({ status: STATUS })])
  const results = kind === 'none' ? [] : [{ ...result, source: new Source(`${kind}.yaml`, '') }]
  const file = path.join(dir, `${kind}-${Object.keys(given).join('-')}.json`)
  writeFileSync(file, written(jsonReporter, results, given))
  return file
}

const LATER = { notRun: [{ name: 'Later', source: new Source('later.yaml', '') }] }

test('it ends as a run of all would', async () => {
  const codeOf = async (...files: string[]): Promise<number> => (await command('merge', ...files)).code
  const passed = await shard('pass')
  expect(await codeOf(passed)).toBe(0)
  expect(await codeOf(passed, await shard('fail'))).toBe(1)
  expect(await codeOf(passed, await shard('none', { invalid: [{ file: 'x.yaml', diagnostics: [] }] }))).toBe(2)
  expect(await codeOf(passed, await shard('none', LATER))).toBe(3)
  expect(await codeOf(passed, await shard('fail', LATER))).toBe(1)
  expect(await codeOf(passed, await shard('none', { ...LATER, interruptedBy: 'SIGTERM' }))).toBe(143)
  expect(await codeOf(await shard('none'))).toBe(2)
})

test('one report goes through as it is; reporters are those of a run', async () => {
  const file = await shard('pass')
  expect(await command('merge', file)).toEqual({ code: 0, stdout: readFileSync(file, 'utf8'), stderr: '' })
  const other = await shard('fail', { seed: 8 })
  const json = path.join(dir, 'all.json')
  const { stdout, stderr } = await command('merge', file, other, '--reporter', `json=${json}`)
  expect(stdout).toMatch(/^1 scenario failed, 1 passed in 0\.8 s, seed 7/m)
  expect(stderr).toContain('The reports have different seeds')
  expect(JSON.parse(readFileSync(json, 'utf8')).scenarios).toHaveLength(2)
})

test('nothing is written where a report cannot be read, or is there twice', async () => {
  const file = await shard('pass')
  const before = readFileSync(file, 'utf8')
  const gone = path.join(dir, 'gone.json')
  for (const [second, fact] of [
    [file, 'is in'],
    [gone, 'there is no such file'],
    [dir, 'it is not a file'],
  ] as const) {
    const { code, stdout, stderr } = await command('merge', file, second, '--reporter', `json=${file}`)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(fact)
  }
  expect(readFileSync(file, 'utf8')).toBe(before)
})
