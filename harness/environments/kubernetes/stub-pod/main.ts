import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { FaultPlan } from '../../../backends/fault-plan.ts'
import { type BackendRecord, createStubServer, type StubServer } from '../../../backends/stub-server.ts'
import { Traffic } from '../../../backends/traffic.ts'
import type { Fault } from '../../../chain/world-change.ts'
import { CONTROL_PORT, type StubSettings } from './protocol.ts'

/**
 * A stub backend in its pod. It is told what to be on a port of its own, so that the pods of a warm cluster serve one chain
 * after the other: `PUT /stub`, `PUT /fault`, `POST /disconnect` (idle connections), `GET /records` (those since the last).
 */
const traffic = new Traffic()
let stubs: readonly StubServer[] = []
let records: BackendRecord[] = []

const COMMANDS: Readonly<Record<string, (body: string) => Promise<unknown>>> = {
  'GET /ready': async () => ({}),
  'PUT /stub': async (body) => become(JSON.parse(body)),
  'PUT /fault': async (body) => misbehave(JSON.parse(body)),
  'POST /disconnect': async () => {
    for (const { server } of stubs) server.closeIdleConnections()
  },
  'GET /records': takeRecords,
}

const control = createServer(async (request, response) => {
  const command = COMMANDS[`${request.method} ${request.url}`]
  if (command === undefined) return response.writeHead(404).end()
  try {
    const answer = await command(await bodyOf(request))
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}))
  } catch (error) {
    response.writeHead(400).end(String(error))
  }
})
control.listen(CONTROL_PORT, '0.0.0.0')
// A pod that is told to go has nothing to finish: its requests break off, as with a process that dies.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0))

async function become({ name, ports, stub: behaviour }: StubSettings): Promise<void> {
  await close(stubs)
  records = []
  const faults = new FaultPlan()
  stubs = ports.map(({ tls }) =>
    createStubServer({
      service: { name, stub: behaviour },
      tls,
      faults,
      onRecord: (record) => records.push(record),
      wait: (delayMs, signal) => (delayMs === Number.POSITIVE_INFINITY ? aborted(signal) : wait(delayMs, signal)),
    }),
  )
  for (const [at, { server }] of stubs.entries()) {
    traffic.watch(server)
    server.listen(ports[at]?.listens, '0.0.0.0')
    await once(server, 'listening')
  }
}

async function close(old: readonly StubServer[]): Promise<void> {
  const closed = old.map(({ server }) => once(server, 'close'))
  for (const { server } of old) {
    server.close()
    server.closeAllConnections()
  }
  traffic.abort()
  await Promise.all(closed)
}

async function misbehave(fault: Fault): Promise<void> {
  stubs[0]?.faults.set(fault)
}

/** A record is there once its request is over. */
async function takeRecords() {
  await traffic.quiet()
  return records.splice(0)
}

async function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  await sleep(delayMs, undefined, { signal }).catch(() => undefined)
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
