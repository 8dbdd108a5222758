import { expect, test } from 'vitest'
import type { AccessEntry } from './access-entry.ts'
import { logText } from './log-line.ts'

const PLACE = { file: '/etc/gateway/routes.yaml', line: 3, column: 5, length: 9 }
const NASTY = 'a"b\\c\n\u2028\ud800é</script>'

const FULL: AccessEntry = {
  requestId: NASTY,
  method: NASTY,
  target: `/x?token=hidden&a=${NASTY}`,
  status: 502,
  route: { path: `/v1/${NASTY}`, place: PLACE },
  carriedBy: 'path',
  sends: `/y?token=hidden&a=${NASTY}`,
  upstream: { host: NASTY, port: 9000 },
  outcome: 'invalid',
  decidedBy: { kind: 'scopes', place: PLACE },
  publicBy: PLACE,
  headerChanges: {
    request: [
      { name: NASTY, change: 'dropped', by: 'hop-by-hop', place: null },
      { name: 'b', change: 'added', by: 'requestHeaders', place: PLACE },
    ],
    answer: [{ name: 'c', change: 'changed', by: 'cors', place: PLACE }],
  },
  detail: NASTY,
  elapsedMs: 1.5,
}

const AT = '/etc/gateway/routes.yaml:3:5'

test('a line is JSON, whatever stands in a request: every field of the entry, and places as file:line:column', () => {
  expect(JSON.parse(logText(FULL))).toEqual({
    ...FULL,
    target: `/x?token=***&a=${NASTY}`,
    route: `/v1/${NASTY}`,
    place: AT,
    sends: `/y?token=***&a=${NASTY}`,
    upstream: `${NASTY}:9000`,
    decidedBy: { kind: 'scopes', place: AT },
    publicBy: AT,
    headerChanges: {
      request: [FULL.headerChanges.request[0], { name: 'b', change: 'added', by: 'requestHeaders', place: AT }],
      answer: [{ name: 'c', change: 'changed', by: 'cors', place: AT }],
    },
  })
})

test('what is not known of a request is null', () => {
  const nothing = { route: null, carriedBy: null, sends: null, upstream: null, outcome: null }
  const headerChanges = { request: [], answer: [] }
  const line = JSON.parse(logText({ ...FULL, ...nothing, decidedBy: null, publicBy: null, headerChanges }))
  expect(line).toMatchObject({ ...nothing, place: null, decidedBy: null, publicBy: null, headerChanges })
})
