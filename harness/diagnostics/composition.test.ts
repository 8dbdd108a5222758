import { expect, test } from 'vitest'
import { spliced, whereWritten, writtenWhole } from './composition.ts'
import { Source, type Written } from './source.ts'

const FILE = new Source('chains/a/nginx.conf', 'server {\n  listen 80;\n  root /a;\n}\n')
const SCENARIO = new Source(
  'a.yaml',
  'edit: |\n  listen 81;\n  listn 82;\n  root "/b";\nother: "listen 83;\\nlistn \\"/c\\";"\n',
)

/** What stands between two texts of the scenario. */
function part(from: string, to: string, variant: string | null = null): Written {
  return { source: SCENARIO, start: SCENARIO.text.indexOf(from), end: SCENARIO.text.indexOf(to) + to.length, variant }
}

/** Where a problem with a word of a composed text is told: line, column and hint. */
function told(source: Source, word: string) {
  const at = source.text.indexOf(word)
  const span = source.spanAt(at, word.length)
  const diagnostic = whereWritten({ code: 'E', severity: 'error', message: 'm', span, source })
  expect(diagnostic.message).toBe('m')
  return [diagnostic.span.file, diagnostic.span.line, diagnostic.span.column, diagnostic.span.length, diagnostic.hint]
}

const BLOCK = part('|', '"/b";', 'buggy')
const BLOCK_TEXT = 'listen 81;\nlistn 82;\nroot "/b";\n'
const replace = (before: Source, find: string, text: string, written: Written) =>
  spliced(before, before.text.indexOf(find), find.length, text, written)

test('a problem in a text of a file is told there', () => {
  expect(told(FILE, 'listen')).toEqual(['chains/a/nginx.conf', 2, 3, 6, undefined])
  const unknown = spliced(FILE, 11, 10, 'listn 80;')
  expect(told(unknown, 'listn')).toEqual(['chains/a/nginx.conf', 2, 3, 5, undefined])
})

test('one in what a scenario inserts is told at the very word in the scenario', () => {
  const composed = replace(FILE, 'listen 80;', BLOCK_TEXT, BLOCK)
  const hint = (line: number) => `It is in line ${line} of nginx.conf as variant "buggy" makes it.`
  expect(told(composed, 'listn')).toEqual(['a.yaml', 3, 3, 5, hint(3)])
  expect(told(composed, '"/b"')).toEqual(['a.yaml', 4, 8, 4, hint(4)])
  // What follows may be wrong because of it: the change is shown as a whole.
  expect(told(composed, 'root /a')).toEqual(['a.yaml', 1, 7, 1, hint(6)])
})

test('a text that is written in another way, or twice, is told at its value', () => {
  const quoted = part('"listen 83', '/c\\";"')
  const composed = replace(FILE, 'listen 80;', 'listen 83;\nlistn "/c";', quoted)
  expect(told(composed, 'listn')).toEqual(['a.yaml', 5, 8, 27, 'It is in line 3 of nginx.conf as this makes it.'])
})

test('of several changes the one that inserted it is told', () => {
  const first = replace(FILE, 'listen 80;', BLOCK_TEXT, BLOCK)
  const second = replace(first, 'server', 'server # a\n', part('"listen 83', '/c\\";"'))
  expect(told(second, 'listn')).toMatchObject(['a.yaml', 3, 3, 5, expect.stringContaining('line 4')])
  const whole = writtenWhole('a.yaml (site)', BLOCK_TEXT, BLOCK)
  expect(told(whole, 'listn')).toMatchObject(['a.yaml', 3, 3, 5, expect.stringContaining('line 2 of a.yaml (site)')])
})
