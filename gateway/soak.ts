import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { SoakLoad, SoakOutcome } from './soak-peer.ts'

/** What a gateway process looked like under load for minutes, and afterwards. */
export interface Soak extends SoakOutcome {
  /** Resident memory in MB: the medians of the second and of the last minute, or of such parts of a shorter run. */
  readonly earlyMb: number
  readonly lateMb: number
  /** Open descriptors before the load, and when it had been over for a moment. */
  readonly descriptorsBefore: number
  readonly descriptorsAfter: number
}

const CONNECTIONS = 64
/** Without a bound, V8 lets garbage lie for as long as the machine has memory, and a leak could not be told from it. */
const HEAP_MB = 96
const SAMPLE_MS = 1_000
const PARTS = 10
/** How long its connections may take to close: backends' are kept for 4 s. */
const REST_MS = 20_000

/**
 * Keeps a gateway process busy on 64 connections while 4 % of the requests go wrong at the backend. All of it is on loopback.
 * Linux only: memory and descriptors are read from /proc.
 */
export async function soakGateway(durationMs: number): Promise<Soak> {
  const peer = new Worker(new URL('./soak-peer.ts', import.meta.url))
  const dir = await mkdtemp(path.join(tmpdir(), 'gateway-soak-'))
  const [backendPort] = await once(peer, 'message')
  const routes = `- {path: /v1/a/*, target: "127.0.0.1:${backendPort}", rewrite: /a/$1}\n`
  await writeFile(path.join(dir, 'routes.yaml'), routes)
  const { gateway, port, pid } = await startGateway(dir)
  try {
    const descriptorsBefore = descriptorsOf(pid)
    const load: SoakLoad = { port, untilMs: Date.now() + durationMs, connections: CONNECTIONS }
    const done = once(peer, 'message')
    peer.postMessage(load)
    const samples = await sampleMemory(pid, durationMs)
    const [outcome]: SoakOutcome[] = await done
    if (outcome === undefined) throw new TypeError('the load ended without an outcome')
    const part = Math.max(1, Math.floor(samples.length / PARTS))
    return {
      ...outcome,
      earlyMb: median(samples.slice(part, 2 * part)),
      lateMb: median(samples.slice(-part)),
      descriptorsBefore,
      descriptorsAfter: await descriptorsAtRest(pid, descriptorsBefore),
    }
  } finally {
    gateway.kill()
    await peer.terminate()
    await rm(dir, { recursive: true })
  }
}

async function startGateway(dir: string): Promise<{ gateway: ChildProcess; port: number; pid: number }> {
  const main = path.join(import.meta.dirname, 'main.ts')
  const args = [`--max-old-space-size=${HEAP_MB}`, main, '--config', dir, '--host', '127.0.0.1', '--port', '0']
  const gateway = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: gateway.stdout })
  const [first]: string[] = await once(lines, 'line')
  // Read on, or its log would fill the pipe and wait in its memory.
  lines.close()
  gateway.stdout.resume()
  const port = Number(/"port":(\d+)/.exec(first ?? '')?.[1])
  if (gateway.pid === undefined || Number.isNaN(port)) throw new TypeError('the gateway of the soak did not start')
  return { gateway, port, pid: gateway.pid }
}

async function sampleMemory(pid: number, durationMs: number): Promise<number[]> {
  const samples: number[] = []
  for (const untilMs = Date.now() + durationMs; Date.now() < untilMs; await sleep(SAMPLE_MS)) {
    const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    samples.push(Number(kb) / 1024)
  }
  return samples
}

async function descriptorsAtRest(pid: number, before: number): Promise<number> {
  const untilMs = Date.now() + REST_MS
  while (descriptorsOf(pid) > before && Date.now() < untilMs) await sleep(SAMPLE_MS)
  return descriptorsOf(pid)
}

function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
