import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { formatScenario } from './format-scenario.ts'

const SCENARIOS = path.join(import.meta.dirname, '../../scenarios')

function formatted(text: string): string {
  const result = formatScenario(new Source('a.yaml', text))
  return 'text' in result ? result.text : expect.fail(result.diagnostics.map(({ message }) => message).join('\n'))
}

test('indentation, spaces and ends of lines become one style; comments, quotes and breaks stay', () => {
  const text = `# of the file

scenario:   'A name'   # of the name
tags: [ a,b ]
steps:
- request: GET /a    # of the step

  expect: { status: 200,   headers: {x-a: "b"} }
- request:   GET /${'long/'.repeat(40)}
  body: |
      two
      lines
  expect: {status: 2xx}`
  expect(formatted(text)).toBe(`# of the file

scenario: 'A name' # of the name
tags: [a, b]
steps:
  - request: GET /a # of the step

    expect: {status: 200, headers: {x-a: "b"}}
  - request: GET /${'long/'.repeat(40)}
    body: |
      two
      lines
    expect: {status: 2xx}
`)
})

test('what is formatted stays as it is, and means what it meant: every scenario of this repository', () => {
  const files = globSync('**/*.yaml', { cwd: SCENARIOS }).filter((file) => !file.startsWith('chains'))
  expect(files.length).toBeGreaterThan(100)
  for (const file of files) {
    const once = formatted(readFileSync(path.join(SCENARIOS, file), 'utf8'))
    expect(formatted(once)).toBe(once)
  }
})

test('what is no YAML is not formatted, and told', () => {
  const result = formatScenario(new Source('a.yaml', 'a: [b\n'))
  expect(result).toMatchObject({ diagnostics: [{ code: 'E_YAML_SYNTAX' }] })
})
