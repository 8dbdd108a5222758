import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { modelledFiles, suitePage, sumOf } from './page.ts'
import { type FileResult, readTap } from './run-file.ts'
import { readTestFile } from './test-file.ts'

const suite = mkdtempSync(path.join(tmpdir(), 'nginx-tests-'))
afterAll(() => rmSync(suite, { recursive: true, force: true }))

const PASSED: FileResult = {
  name: 'a.t',
  planned: 4,
  passed: 4,
  failures: [],
  refused: [],
  faults: [],
  skipped: null,
}

test('assertions that never came count as failed, and those to do do not', () => {
  const text = '1..6\nok 1 - one\nnot ok 2 - two\nnot ok 3 - three # TODO not yet\nok 4 # skip no\nnot ok 5\n'
  expect(readTap(text)).toEqual({ planned: 6, passed: 3, failures: ['two', 'test 5'], skipped: null })
  expect(readTap('1..0 # SKIP no stream available\n')).toMatchObject({ planned: 0, skipped: 'no stream available' })
})

test('a file says what it needs', () => {
  writeFileSync(path.join(suite, 'a.t'), "Test::Nginx->new()->has(qw/http proxy stream/)->has_daemon('memcached')")
  expect(readTestFile(suite, 'a.t')).toEqual({ name: 'a.t', needs: ['stream', 'memcached'] })
})

test('a file in which something is refused is not modelled', () => {
  const results = [
    PASSED,
    { ...PASSED, name: 'b.t', passed: 1, failures: ['x | y'] },
    { ...PASSED, name: 'c.t', passed: 0, refused: ['ssi (line 3): not modelled', 'ssi (line 4): not modelled'] },
    { ...PASSED, name: 'd.t', planned: 0, passed: 0, skipped: 'not win32' },
  ]
  const files = [...results.map(({ name }) => ({ name, needs: [] })), { name: 'e.t', needs: ['stream'] }]
  expect(sumOf(modelledFiles({ files, results }))).toEqual({ planned: 8, passed: 5 })
  const page = suitePage({ files, results })
  expect(page).toContain('In 2 of these everything is modelled: 5 of\ntheir 8 assertions pass (62.5 %).')
  expect(page).toContain('| b.t | 4 | 1 | x \\| y; it ends before its last 2 |')
  expect(page).toContain('| c.t | ssi: not modelled |')
  expect(page).toContain('| d.t | not win32 |')
  expect(page).toContain('| stream | e.t |')
})
