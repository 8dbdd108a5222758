import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

/*
 * Names that a client, a backend or a config brings are kept in a Map: a plain object has a `constructor` before anybody
 * sends one, and `__proto__` changes it.
 */

const SOURCES = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.includes('.test.') && !file.startsWith('testing'))
  .map((file) => ({ file, lines: readFileSync(path.join(import.meta.dirname, file), 'utf8').split('\n') }))

/** Plain objects by name, and why they are harmless. */
const ALLOWED: readonly (readonly [file: string, text: string, because: string])[] = [
  ['errors.ts', 'Readonly<Record<string, string>>', 'written in our own sources, and never looked up by name'],
  ['config/units.ts', 'set: z.record(headerName, headerValue)', 'only gone through from first to last'],
  ['', 'environment: Readonly<Record<string, string | undefined>>', 'process.env, asked with Object.hasOwn'],
]

test('no plain object is a map of foreign names', () => {
  expect(SOURCES.length).toBeGreaterThan(30)
  const found = SOURCES.flatMap(({ file, lines }) =>
    lines
      .filter((line) => /Record<string|z\.record\(|\[\w+: string\]:|= \{\}$/.test(line))
      .filter((line) => !ALLOWED.some(([where, text]) => file.startsWith(where) && line.includes(text)))
      .map((line) => `${file}: ${line.trim()}`),
  )
  expect(found).toEqual(['forward.ts: ctx.req.headers = {}'])
})
