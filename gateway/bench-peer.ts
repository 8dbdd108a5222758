import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { parentPort } from 'node:worker_threads'

/*
 * Both other ends of the gateway benchmark, in a thread of their own: a backend that answers, and a client that asks.
 * They count messages instead of parsing them, so that they cost next to nothing beside what is measured.
 */

/** What the client is told: send so many requests to this port, over so many connections at once. */
export interface Load {
  readonly port: number
  readonly requests: number
  readonly connections: number
}

const BODY = '{"service":"process-design"}'
const ANSWER = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`
const REQUEST = [
  'GET /v1/process-design/7/steps?page=2 HTTP/1.1',
  'Host: flowmaster.example',
  'User-Agent: bench',
  'Accept: application/json',
  'Accept-Encoding: gzip, deflate',
  'Cookie: session=0123456789abcdef',
  'X-Forwarded-For: 203.0.113.9',
  'X-Forwarded-Proto: http',
  'X-Real-IP: 203.0.113.9',
  '',
  '',
].join('\r\n')

/** Calls back for every message that ends with these bytes; only ever one is on its way on a connection. */
function onMessage(socket: Socket, end: string, callback: () => void): void {
  socket.setNoDelay(true)
  socket.on('error', () => undefined)
  let tail = ''
  socket.on('data', (chunk) => {
    tail = (tail + chunk.toString('latin1')).slice(-end.length)
    if (tail !== end) return
    tail = ''
    callback()
  })
}

/** @returns how long it took, in ms */
async function run({ port, requests, connections }: Load): Promise<number> {
  const startedMs = performance.now()
  let left = requests
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(port, '127.0.0.1')
      const ask = () => (left-- > 0 ? socket.write(REQUEST) : socket.end())
      onMessage(socket, BODY, ask)
      ask()
      await once(socket, 'close')
    }),
  )
  return performance.now() - startedMs
}

const backend = createServer((socket) => onMessage(socket, '\r\n\r\n', () => socket.write(ANSWER)))
backend.listen(0, '127.0.0.1')
await once(backend, 'listening')
const address: AddressInfo | string | null = backend.address()
parentPort?.on('message', async (load: Load) => parentPort?.postMessage(await run(load)))
parentPort?.postMessage(typeof address === 'object' && address !== null ? address.port : 0)
