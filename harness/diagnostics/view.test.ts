import { expect, test } from 'vitest'
import { Source } from './source.ts'
import { template } from './view.ts'

const ENV = new Map([
  ['HOST', 'api'],
  ['LONG', '10.43.193.134'],
  ['EMPTY', ''],
])

/** A template, and where a text of what it becomes stands in it. */
function seen(text: string, part: string) {
  const source = new Source('a.template', text).through(template(ENV))
  const { line, column, length } = source.contentSpanAt(source.content.indexOf(part), part.length)
  return { content: source.content, place: source.lineText(line).slice(column - 1, column - 1 + length) }
}

test('names that are given become their values, in both spellings, and others stay', () => {
  const { content } = seen(`a $HOST \${HOST} \${HOSTS} $HOST_ \${UNKNOWN} $host \${EMPTY}$ \${`, 'a')
  expect(content).toBe(`a api api \${HOSTS} $HOST_ \${UNKNOWN} $host $ \${`)
})

test('a place in what a template becomes is the place in the template', () => {
  const text = `first \${LONG};\nserver \${HOST}:80 last;\n`
  expect(seen(text, 'last').place).toBe('last')
  expect(seen(text, 'first').place).toBe('first')
  expect(seen(text, 'api').place).toBe(`\${HOST}`)
  expect(seen(text, '43.193').place).toBe(`\${LONG}`)
  expect(seen(text, 'api:80').place).toBe(`\${HOST}:80`)
  expect(seen(text, 'server api').place).toBe(`server \${HOST}`)
})

test('without values a file is what it is', () => {
  const source = new Source('a', `x \${HOST}`)
  expect(source.content).toBe(`x \${HOST}`)
  expect(source.contentSpanAt(2, 7)).toEqual(source.spanAt(2, 7))
})
