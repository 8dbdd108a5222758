import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { parentPort } from 'node:worker_threads'

/*
 * Both other ends of the soak, in a thread of their own: a backend that goes wrong where the target tells it to, and a client
 * that knows what each target has to be answered with.
 */

/** What the client is told: ask this port until then, over so many connections. */
export interface SoakLoad {
  readonly port: number
  readonly untilMs: number
  readonly connections: number
}

/** What became of the load; `unexpected` has the first few that were answered with something else. */
export interface SoakOutcome {
  readonly requests: number
  readonly faults: number
  readonly unexpectedCount: number
  readonly unexpected: readonly string[]
}

/** A way to go wrong, by the name that the target has, and what the gateway makes of it; `cut` where the answer breaks off. */
interface Fault {
  readonly name: string
  readonly answers: number | 'cut'
  readonly play: (socket: Socket) => void
}

const BODY = '{"service":"process-design"}'
const ANSWER = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`

const FAULTS: readonly Fault[] = [
  { name: 'reset', answers: 502, play: (socket) => socket.resetAndDestroy() },
  { name: 'close', answers: 502, play: (socket) => socket.end() },
  { name: 'garbage', answers: 502, play: (socket) => socket.end('not HTTP at all\r\n\r\n') },
  { name: 'low-status', answers: 502, play: (socket) => socket.write('HTTP/1.1 042 Low\r\nContent-Length: 0\r\n\r\n') },
  { name: 'error', answers: 503, play: (socket) => socket.write('HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy') },
  { name: 'stray', answers: 204, play: (socket) => socket.write('HTTP/1.1 204 None\r\n\r\nstray bytes') },
  { name: 'cut', answers: 'cut', play: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nhalf') },
]

/** One request in so many goes wrong: 4 %. */
const FAULT_EVERY = 25
const MAX_TOLD = 10

function answer(socket: Socket): void {
  let head = ''
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    head += chunk.toString('latin1')
    if (!head.endsWith('\r\n\r\n')) return
    const fault = FAULTS.find(({ name }) => head.includes(`/fault-${name} `))
    head = ''
    if (fault === undefined) socket.write(ANSWER)
    else fault.play(socket)
  })
}

async function run({ port, untilMs, connections }: SoakLoad): Promise<SoakOutcome> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  let [requests, faults, unexpectedCount] = [0, 0, 0]
  const unexpected: string[] = []
  const loop = async () => {
    while (Date.now() < untilMs) {
      const fault = requests++ % FAULT_EVERY === 0 ? FAULTS[faults++ % FAULTS.length] : undefined
      const path = fault === undefined ? `/v1/a/${requests}?page=2` : `/v1/a/fault-${fault.name}`
      const [expected, got] = [fault?.answers ?? 200, await ask(agent, port, path)]
      if (got === expected) continue
      if (unexpectedCount++ < MAX_TOLD) unexpected.push(`${path}: ${got}, not ${expected}`)
    }
  }
  await Promise.all(Array.from({ length: connections }, loop))
  agent.destroy()
  return { requests, faults, unexpectedCount, unexpected }
}

/** The status of an answer that came whole; `cut` for one that broke off, and the error for none. */
async function ask(agent: Agent, port: number, path: string): Promise<number | string> {
  const sent = request({ agent, host: '127.0.0.1', port, path })
  sent.end()
  try {
    const [response]: IncomingMessage[] = await once(sent, 'response')
    if (response === undefined) return 'nothing'
    try {
      for await (const _ of response);
    } catch {
      return 'cut'
    }
    return response.statusCode ?? 0
  } catch (error) {
    return String(error)
  }
}

const backend = createServer(answer)
backend.listen(0, '127.0.0.1')
await once(backend, 'listening')
const address: AddressInfo | string | null = backend.address()
parentPort?.on('message', async (load: SoakLoad) => parentPort?.postMessage(await run(load)))
parentPort?.postMessage(typeof address === 'object' && address !== null ? address.port : 0)
