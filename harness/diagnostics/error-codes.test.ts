import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.join(import.meta.dirname, '../..')
/** A code as the sources quote it, or as the guide does. */
const CODE = /(?<=['`])[EW]_[A-Z][A-Z0-9_]*(?=['`])/g

function codesIn(files: readonly string[]): string[] {
  const texts = files.map((file) => readFileSync(path.join(root, file), 'utf8'))
  return [...new Set(texts.flatMap((text) => text.match(CODE) ?? []))].sort()
}

test('the guide explains every code that the program gives, and no other', () => {
  const sources = globSync(['harness/**/*.ts', 'gateway/**/*.ts'], { cwd: root }).filter(
    (file) => !file.endsWith('.test.ts'),
  )
  const given = codesIn(sources)
  expect(codesIn(['docs/guide/error-codes.md'])).toEqual(given)
})
