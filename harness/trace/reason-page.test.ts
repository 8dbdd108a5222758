import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { reasonPage } from './reason-page.ts'

/** Run with `--update` to write the page again after a change of a reason or its sentence. */
test('the page of the guide shows the reasons', async () => {
  await expect(reasonPage()).toMatchFileSnapshot('../../docs/guide/reasons.md')
})

test('every kind, and every choice within a kind, has a row', () => {
  const page = reasonPage()
  const source = readFileSync(path.join(import.meta.dirname, 'reason.ts'), 'utf8').replace(/^import .*$/gm, '')
  const words = Array.from(source.matchAll(/'([^']+)'/g), ([, word = '']) => word)
  expect(words.length).toBeGreaterThan(90)
  expect(words.filter((word) => !page.includes(`\`${word}\``) && !page.includes(`\`"${word}"\``))).toEqual([])
})
