import { expect, test } from 'vitest'
import type { Observation } from './case.ts'
import { Kinds, kindOf } from './kinds.ts'

const SENT = { port: 1, line: 'GET / HTTP/1.1', headers: ['Host: a'], body: '' }
const ANSWER = { status: 200, headers: ['Server: nginx'], body: 'ok' }
const SEEN: Observation = { forwards: [SENT], answer: ANSWER }

test.each([
  [{ ...SEEN, forwards: [] }, 'tries: 1, the model 0: 200, the model 200'],
  [{ ...SEEN, forwards: [{ ...SENT, port: 2 }] }, 'sent to another upstream'],
  [{ ...SEEN, forwards: [{ ...SENT, line: 'GET / HTTP/1.0' }] }, 'sent another request line'],
  [{ ...SEEN, forwards: [{ ...SENT, headers: ['Host: b'] }] }, 'sent header Host'],
  [{ ...SEEN, forwards: [{ ...SENT, headers: [] }] }, 'sent header Host'],
  [{ ...SEEN, forwards: [{ ...SENT, body: 'x' }] }, 'sent another body'],
  [{ ...SEEN, answer: { ...ANSWER, status: 400 } }, 'answer: 200, the model 400'],
  [{ ...SEEN, answer: null }, 'answer: 200, the model none'],
  [{ ...SEEN, answer: { ...ANSWER, headers: ['Server: b'] } }, 'answer header Server'],
  [{ ...SEEN, answer: { ...ANSWER, body: '' } }, 'answered another body'],
  ['refused' as const, 'refused'],
])('what parts the model from nginx: %j', (model, kind) => {
  expect(kindOf({ nginx: SEEN, model })).toBe(kind)
})

test('disagreements are listed by their kind, the most frequent first', () => {
  const kinds = new Kinds()
  expect([kinds.isEmpty, kinds.add('rare', 'a'), kinds.add('often', 'b'), kinds.add('often', 'c')]).toEqual([
    true,
    true,
    true,
    false,
  ])
  expect(kinds.text()).toBe('2 times: often (b; c)\n1 times: rare (a)\n')
})
