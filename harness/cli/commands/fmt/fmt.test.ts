import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { command } from '../../fixtures/command.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'chain-fmt-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

function file(name: string, text: string): string {
  const where = path.join(dir, name)
  writeFileSync(where, text)
  return where
}

test('writes what has another style, once', async () => {
  const odd = file('odd.yaml', 'scenario:   A\nsteps: [ ]\n')
  file('even.yaml', 'scenario: A\n')
  expect(await command('fmt', dir)).toEqual({ code: 0, stdout: `formatted: ${odd}\n2 files, 1 changed\n`, stderr: '' })
  expect(readFileSync(odd, 'utf8')).toBe('scenario: A\nsteps: []\n')
  expect(await command('fmt', dir)).toMatchObject({ code: 0, stdout: '2 files, 0 changed\n' })
})

test('--check writes nothing and ends with 1', async () => {
  const odd = file('odd.yaml', 'scenario:   A\n')
  expect(await command('fmt', '--check', odd)).toMatchObject({
    code: 1,
    stdout: `not formatted: ${odd}\n1 file, 1 to format\n`,
  })
  expect(readFileSync(odd, 'utf8')).toBe('scenario:   A\n')
})

test('a file that is no YAML is told, and the others are written', async () => {
  file('bad.yaml', 'a: [b\n')
  const odd = file('odd.yaml', 'scenario:   A\n')
  const { code, stderr } = await command('fmt', dir)
  expect(stderr).toContain('error[E_YAML_SYNTAX]')
  expect(readFileSync(odd, 'utf8')).toBe('scenario: A\n')
  expect(code).toBe(2)
})
