import type { RequestListener, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** So many requests of a connection may wait for their turn before no more of it is read. */
const MAX_WAITING = 16

/** The requests of one connection: the answer to the latest, and how many have not begun. */
interface Turns {
  latest: ServerResponse | null
  waiting: number
}

/**
 * Handles the requests of a connection one after the other, and the connections in turn: a request that was sent before the
 * answer to the one before it (RFC 9112 section 9.3.2) waits for that answer, and then for a turn of the loop. Where too
 * many wait, the connection is not read until they are through. What follows an answer that ends the connection is dropped.
 */
export function inTurn(handle: RequestListener): RequestListener {
  const connections = new WeakMap<Duplex, Turns>()
  return (request, response) => {
    const { socket } = request
    let turns = connections.get(socket)
    if (turns === undefined) {
      turns = follow(socket)
      connections.set(socket, turns)
    }
    const before = turns.latest
    turns.latest = response
    if (before === null || before.closed) return handle(request, response)
    turns.waiting++
    if (turns.waiting > MAX_WAITING) socket.pause()
    const start = () => {
      turns.waiting--
      if (turns.waiting === 0) socket.resume()
      if (socket.writable) handle(request, response)
    }
    before.once('close', () => setImmediate(start))
  }
}

function follow(socket: Duplex): Turns {
  const turns: Turns = { latest: null, waiting: 0 }
  // Node.js reads on when a request has been handled, no matter what stopped it.
  socket.on('resume', () => {
    if (turns.waiting > MAX_WAITING) socket.pause()
  })
  return turns
}
