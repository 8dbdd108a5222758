import { setTimeout as wait } from 'node:timers/promises'
import { FaultPlan } from '../../../backends/fault-plan.ts'
import {
  type BackendRecord,
  type BackendServer,
  createStubServer,
  type StubServer,
} from '../../../backends/stub-server.ts'
import type { Traffic } from '../../../backends/traffic.ts'
import type { Fault } from '../../../chain/world-change.ts'
import type { StubService } from '../protocol.ts'

/** The stub backends of one world, and what they recorded. */
export class Stubs {
  /** Of each Service, one for each of its ports: they do not all speak TLS. */
  readonly #stubs: ReadonlyMap<string, readonly StubServer[]>
  #records: BackendRecord[] = []

  constructor(services: readonly StubService[], traffic: Traffic) {
    this.#stubs = new Map(
      services.map((service) => {
        const faults = new FaultPlan()
        const stubs = service.tls.map((tls) => {
          const onRecord = (record: BackendRecord): number => this.#records.push(record)
          const stub = createStubServer({ service, tls, faults, onRecord, wait: waitFor })
          traffic.watch(stub.server)
          return stub
        })
        return [service.name, stubs]
      }),
    )
  }

  get names(): string[] {
    return [...this.#stubs.keys()]
  }

  /** @param port its place among the Service's ports @throws {Error} there is no such Service (scenarios are checked for that before they run) */
  server(name: string, port: number): BackendServer | null {
    return this.#of(name)[port]?.server ?? null
  }

  setFault(fault: Fault): void {
    this.#of(fault.service)[0]?.faults.set(fault)
  }

  /** The records since the last call. */
  takeRecords(): BackendRecord[] {
    return this.#records.splice(0)
  }

  #of(name: string): readonly StubServer[] {
    const stubs = this.#stubs.get(name)
    if (stubs === undefined) throw new Error(`Failed to find the stub of "${name}": there is none of that name.`)
    return stubs
  }
}

async function waitFor(delayMs: number, signal: AbortSignal): Promise<void> {
  if (delayMs === Number.POSITIVE_INFINITY) return untilAborted(signal)
  await wait(delayMs, undefined, { signal }).catch(() => undefined)
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
}
