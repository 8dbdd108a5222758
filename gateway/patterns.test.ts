import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { maskTarget } from './mask-target.ts'
import { matchRoute, nearMisses } from './match-route.ts'
import { clientAddress } from './middleware/client-address.ts'
import { checkFraming } from './request-framing.ts'
import { readTarget } from './request-target.ts'
import { buildRouteTable } from './route-table.ts'
import { route } from './testing/routes.ts'

/*
 * Whatever reads what a client sent takes time that grows with its length and no faster. Lengths grow eightfold here: what is
 * linear takes 8 times as long, what is quadratic 64 times. A step that looks too long is measured again, so that a busy
 * machine fails nothing.
 */

const LENGTHS = [1024, 8 * 1024, 64 * 1024]
const MOST_PER_STEP = 32
/** What is shorter is noise, in ms. */
const LEAST_MS = 0.05
const ATTEMPTS = 20

/** Beginnings that patterns try again and again. */
// biome-ignore format: a list of pieces
const PIECES = [
  '?key', '&token=', '?', '&', '=', '%25', '%2525', '%', '%2e', '..', './', '/..', '/', '//', '%c0', '%c0%ae', ';', '..;',
  '@', ':', '::', 'a', '1', '0:', ',', ', ', ' ', 'http://', '://', '[', '\\', '$1', '{', 'x,', '%5c%2e',
]
/** What keeps them from matching at the very end. */
const ENDS = ['', '!', '%zz']

const TABLE = buildRouteTable([
  route('/v1/{a}/{b}/*', '/api/v1/$1/$2/$3'),
  route('/v1/x/*', '/api/v1/y/$1'),
  route('/*', '/api/$1'),
])

function requestWith(headers: Readonly<Record<string, string>>): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  request.httpVersion = '1.1'
  request.headers = headers
  request.rawHeaders = Object.entries(headers).flat()
  return request
}

function quietly(read: () => unknown): void {
  try {
    read()
  } catch {
    // Refused: what counts is how long that took.
  }
}

const READERS: readonly (readonly [string, (text: string) => unknown])[] = [
  ['the access log', (text) => maskTarget(`/x?${text}`)],
  ['the access log of a path', (text) => maskTarget(text)],
  ['the check of a target', (text) => readTarget(`/v1/${text}`)],
  ['the check of an absolute target', (text) => readTarget(`http://${text}/`)],
  ['the check of a Host', (text) => checkFraming(requestWith({ host: text }))],
  ['the check of an expectation', (text) => checkFraming(requestWith({ host: 'h', expect: text }))],
  ['the match of a route', (text) => matchRoute(TABLE, `/v1/${text}`)],
  ['the near misses', (text) => nearMisses(TABLE, `/v1/${text}`)],
  ['the address that is counted', (text) => clientAddress(requestWith({ 'x-forwarded-for': text }))],
]

/** The least of several, in ms: what else the machine does only ever adds. */
function timeOf(read: (text: string) => unknown, text: string): number {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 2; round++) {
    const startedMs = performance.now()
    quietly(() => read(text))
    least = Math.min(least, performance.now() - startedMs)
  }
  return least
}

function growsTooFast(read: (text: string) => unknown, shorter: string, longer: string): boolean {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const shortMs = Math.max(timeOf(read, shorter), LEAST_MS)
    if (timeOf(read, longer) <= MOST_PER_STEP * shortMs) return false
  }
  return true
}

test.each(READERS)('%s takes no more than linear time, whatever is sent', (_what, read) => {
  for (const piece of PIECES) {
    for (const end of ENDS) {
      const texts = LENGTHS.map((length) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length) + end)
      const tooFast = texts.slice(1).findIndex((text, at) => growsTooFast(read, texts[at] ?? '', text))
      expect({ piece, end, tooFast }).toEqual({ piece, end, tooFast: -1 })
    }
  }
})
