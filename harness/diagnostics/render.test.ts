import { expect, test } from 'vitest'
import type { Diagnostic } from './diagnostic.ts'
import { renderDiagnostic, renderDiagnostics } from './render.ts'
import { Source } from './source.ts'

const plain = { color: false }

function problem(text: string, needle: string, more: Partial<Diagnostic> = {}): Diagnostic {
  const source = new Source('a.yaml', text)
  const span = source.spanAt(text.indexOf(needle), needle.length)
  return { code: 'E_TEST', severity: 'error', message: 'this is wrong', span, source, ...more }
}

test('shows place, code, message, the line with a caret, and the hint', () => {
  const diagnostic = problem('a: 1\nsteps: 2\n', 'steps', { hint: 'Do it otherwise.' })
  expect(renderDiagnostic(diagnostic, plain)).toBe(
    ['a.yaml:2:1: error[E_TEST]: this is wrong', ' 2 | steps: 2', '   | ^~~~~', '  hint: Do it otherwise.'].join('\n'),
  )
})

test.each([
  ['tabs', '\t\ta: b', 'b'],
  ['wide characters', '日本: b', 'b'],
  ['emoji', '🚀🚀: b', 'b'],
  ['combining marks', 'e\u0301: b', 'b'],
  ['control characters', '\x1b[31mq: b', 'b'],
])('the caret stands under its character after %s', (_, text, needle) => {
  const [, line = '', caret = ''] = renderDiagnostic(problem(text, needle), plain).split('\n')
  const before = line.slice(0, line.lastIndexOf(needle))
  const wide = [...before].filter((character) => /[日本🚀]/u.test(character)).length
  const shown = [...before].filter((character) => character !== '\u0301').length + wide
  expect(caret.indexOf('^')).toBe(shown)
})

test('a very long line is shown around its caret', () => {
  const rendered = renderDiagnostic(problem(`${'x'.repeat(5000)}NEEDLE${'y'.repeat(5000)}`, 'NEEDLE'), plain)
  const [, line = '', caret = ''] = rendered.split('\n')
  expect(line).toContain('…xxx')
  expect(line.length).toBeLessThan(140)
  expect(line.slice(caret.indexOf('^'), caret.lastIndexOf('~') + 1)).toBe('NEEDLE')
})

test('what comes from a file cannot steer the terminal', () => {
  const evil = '\x1b]0;owned\x07\u202Etxt\x9b31m\r'
  const diagnostic = problem(`${evil}b`, 'b', { message: evil, hint: evil })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(renderDiagnostic(diagnostic, plain).replaceAll('\n', '')).not.toMatch(/[\0-\x1f\x7f-\x9f\u202e]/)
})

test('without a source, or on an empty line, there is no excerpt', () => {
  const { source: _, ...noSource } = problem('a', 'a')
  expect(renderDiagnostic(noSource, plain)).toBe('a.yaml:1:1: error[E_TEST]: this is wrong')
  expect(renderDiagnostic(problem('', ''), plain)).toBe('a.yaml:1:1: error[E_TEST]: this is wrong')
})

test('colour only where it is asked for', () => {
  expect(renderDiagnostic(problem('a', 'a'), { color: true })).toContain('\x1b[31m')
  expect(renderDiagnostic(problem('a', 'a'), plain)).not.toContain('\x1b')
})

test('many are sorted by file and line, and counted', () => {
  const at = (file: string, line: number, message: string): Diagnostic => ({
    code: 'E_TEST',
    severity: 'error',
    message,
    span: { file, line, column: 1, length: 1 },
  })
  const rendered = renderDiagnostics([at('b', 1, 'third'), at('a', 10, 'second'), at('a', 9, 'first')], plain)
  expect(rendered.match(/first|second|third/g)).toEqual(['first', 'second', 'third'])
  expect(rendered).toMatch(/\n\n3 problems in 2 files$/)
  expect(renderDiagnostics([at('a', 1, 'x')], plain)).toMatch(/1 problem in 1 file$/)
  expect(renderDiagnostics([], plain)).toBe('')
})
