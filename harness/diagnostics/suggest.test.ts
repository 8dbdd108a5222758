import { expect, test } from 'vitest'
import { didYouMean, suggest } from './suggest.ts'

const steps = ['request', 'websocket', 'recreate', 'reload']

test.each([
  ['requst', 'request'],
  ['Request', 'request'],
  ['websoket', 'websocket'],
  ['reloda', 'reload'],
])('%s is most likely %s', (word, meant) => {
  expect(suggest(word, steps)).toBe(meant)
})

test.each(['teleport', '', 'x', 'r'.repeat(10_000)])('nothing is near to %j', (word) => {
  expect(suggest(word, steps)).toBeUndefined()
})

test('a message asks for the near word, or else lists the known ones', () => {
  expect(didYouMean('requst', steps)).toBe(': did you mean "request"?')
  expect(didYouMean('teleport', ['a', 'b'])).toBe('; known here: a, b')
  expect(didYouMean('teleport', [])).toBe('')
})
