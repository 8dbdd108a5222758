import { expect, test } from 'vitest'
import { spliced, whereWritten } from '../diagnostics/composition.ts'
import { Source } from '../diagnostics/source.ts'
import { DEFAULT_VERSION, rulesOf } from '../nginx/versions.ts'
import { readSite } from './load-site.ts'

const SCENARIO = new Source('a.yaml', 'with: root /b;')
const WRITTEN = { source: SCENARIO, start: 6, end: 14, variant: null }

/** Where the problems of a site are told that a scenario has changed. */
function told(text: string, find: string, by: string): string[] {
  const site = spliced(new Source('nginx.conf', text), text.indexOf(find), find.length, by, WRITTEN)
  const { diagnostics } = readSite(site, new Map(), rulesOf(DEFAULT_VERSION))
  return diagnostics.map(whereWritten).map(({ message, span }) => `${span.file}:${span.line}: ${message}`)
}

test('a problem that the file had before is told in the file, whatever else a scenario changes', () => {
  const problem = 'nginx.conf:3: unknown directive "lisen"'
  expect(told('server {\n  root /a;\n  lisen 80;\n}\n', 'root /a;', 'root /b;')).toEqual([problem])
  expect(told('server {\n  root /a;\n  lisen 80;\n}\n', 'root /a;', 'lisen 81;')).toEqual([
    'a.yaml:1: unknown directive "lisen"',
    problem,
  ])
})

test('a problem beside the change that was not there before is told at the change', () => {
  expect(told('server {\n  root /a;\n  listen 80;\n}\n', 'server {', 'server')).toEqual([
    'a.yaml:1: directive "server" has no opening "{"',
    'a.yaml:1: "listen" directive is not allowed here',
    'a.yaml:1: unexpected "}"',
  ])
})
