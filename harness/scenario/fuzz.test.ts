import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { stringify } from 'yaml'
import { renderDiagnostics } from '../diagnostics/render.ts'
import { Source } from '../diagnostics/source.ts'
import { loadScenario, parseScenario } from './load-scenario.ts'
import { STEPS } from './schema.ts'

vi.setConfig({ testTimeout: 120_000 })

const root = path.join(import.meta.dirname, 'fixtures')
const valid = readdirSync(path.join(root, 'valid'))
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(path.join(root, 'valid', name), 'utf8'))

/** Whatever the text: a scenario or at least one problem, never both, every problem inside its file, drawn without escapes. */
function check(text: string): void {
  const source = new Source(path.join(root, 'valid/fuzz.yaml'), text)
  const { scenario, diagnostics } = parseScenario(source, { root })
  expect(scenario === null).toBe(diagnostics.length > 0)
  const lines = text.split('\n')
  for (const { span } of diagnostics) {
    if (span.file !== source.file) continue
    expect(span.line).toBeLessThanOrEqual(lines.length)
    expect(span.column).toBeLessThanOrEqual((lines[span.line - 1] ?? '').length + 1)
    expect(span.column).toBeGreaterThan(0)
    expect(span.length).toBeGreaterThan(0)
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(renderDiagnostics(diagnostics, { color: false })).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f]/)
  for (const example of scenario?.examples ?? []) expect(scenario?.stepsFor(example).length).toBeGreaterThan(0)
}

const YAML_PIECES = [
  '- ',
  ': ',
  '{',
  '}',
  '[',
  ']',
  ', ',
  '&a ',
  '*a',
  '!!x ',
  '|\n',
  '>\n',
  '"',
  "'",
  '#',
  '\n',
  '\n  ',
  '\t',
  '? ',
  '---\n',
  '...',
  '%',
  '<<',
  '@',
  '`',
  '\r\n',
  '\u2028',
  '\x1b',
  '\0',
  '\u{1F680}',
  '\ud800',
]
const KEYS = [
  'scenario',
  'chain',
  'steps',
  'expect',
  'examples',
  'variants',
  'capture',
  'status',
  'headers',
  'body',
  'json',
  'nginx',
  'to',
  'from',
  'site',
  'replace',
  'with',
  'services',
  '__proto__',
  ...Object.keys(STEPS),
]
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the format's own placeholders
const WORDS = [
  'chains/flowmaster',
  'GET /',
  'GET /${a}',
  '${a}',
  'service/scheduling',
  'nginx',
  'gateway',
  '2xx',
  '5s',
  'none',
  'unreached',
  'absent',
  '(',
  '$.a[0]',
]
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the format's own placeholders

const word = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
)
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    word,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...KEYS), fc.string({ maxLength: 4 })), tie('tree'), { maxKeys: 5 }),
  ),
}))

test('any text', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(fc.constantFrom(...YAML_PIECES, ...KEYS, ...WORDS), fc.string({ unit: 'binary', maxLength: 5 })),
        { maxLength: 40 },
      ),
      (pieces) => check(pieces.join('')),
    ),
    { numRuns: 500 },
  )
})

test('any value', () => {
  fc.assert(
    fc.property(tree, (value) => check(stringify(value))),
    { numRuns: 300 },
  )
})

test('a scenario with any value in one of its places', () => {
  const place = fc.constantFrom('chain', 'examples', 'steps', 'variants', 'tags', 'step', 'expect')
  fc.assert(
    fc.property(place, fc.constantFrom(...Object.keys(STEPS)), tree, (key, action, value) => {
      const step = { request: 'GET /', expect: { status: 200 } }
      const scenario: Record<string, unknown> = { scenario: 's', chain: 'chains/flowmaster', steps: [step] }
      if (key === 'step') scenario.steps = [step, { [action]: value }]
      else if (key === 'expect') scenario.steps = [{ ...step, expect: value }]
      else scenario[key] = value
      check(stringify(scenario))
    }),
    { numRuns: 300 },
  )
})

test('a valid scenario with a piece cut out, doubled or replaced', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...valid),
      fc.nat(),
      fc.nat(60),
      fc.constantFrom('', ...YAML_PIECES, ...WORDS),
      (text, at, length, piece) => {
        const start = at % text.length
        check(text.slice(0, start) + piece + text.slice(start + length))
        check(text.slice(0, start) + text.slice(Math.max(0, start - length)))
      },
    ),
    { numRuns: 300 },
  )
})

test('any bytes', () => {
  const file = path.join(root, 'valid')
  expect(() => loadScenario(file, { root })).not.toThrow()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => check(Buffer.from(bytes).toString('latin1'))),
    { numRuns: 500 },
  )
})
