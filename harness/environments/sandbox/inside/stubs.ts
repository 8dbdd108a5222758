import type { Server } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { type BackendRecord, createStubServer, type StubServer } from '../../../backends/stub-server.ts'
import type { Traffic } from '../../../backends/traffic.ts'
import type { Fault } from '../../../chain/world-change.ts'
import type { StubService } from '../protocol.ts'

/** The stub backends of one world, and what they recorded. */
export class Stubs {
  readonly #stubs: ReadonlyMap<string, StubServer>
  #records: BackendRecord[] = []

  constructor(services: readonly StubService[], traffic: Traffic) {
    this.#stubs = new Map(
      services.map((service) => {
        const stub = createStubServer({
          service,
          tls: service.tls,
          onRecord: (record) => this.#records.push(record),
          wait: waitFor,
        })
        traffic.watch(stub.server)
        return [service.name, stub]
      }),
    )
  }

  get names(): string[] {
    return [...this.#stubs.keys()]
  }

  /** @throws {Error} there is no such Service (scenarios are checked for that before they run) */
  server(name: string): Server {
    return this.#stub(name).server
  }

  setFault(fault: Fault): void {
    this.#stub(fault.service).faults.set(fault)
  }

  /** The records since the last call. */
  takeRecords(): BackendRecord[] {
    return this.#records.splice(0)
  }

  #stub(name: string): StubServer {
    const stub = this.#stubs.get(name)
    if (stub === undefined) throw new Error(`Failed to find the stub of "${name}": there is none of that name.`)
    return stub
  }
}

async function waitFor(delayMs: number, signal: AbortSignal): Promise<void> {
  if (delayMs === Number.POSITIVE_INFINITY) return untilAborted(signal)
  await wait(delayMs, undefined, { signal }).catch(() => undefined)
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
}
