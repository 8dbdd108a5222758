import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { K3sContainer } from '@testcontainers/k3s'
import { connectEngine } from '../environments/k3s/engine.ts'
import { buildImage, loadIntoNode } from '../environments/k3s/images.ts'
import { k3s } from '../environments/k3s/k3s.ts'
import { down, up } from '../environments/k3s/kept.ts'
import { imageNames } from '../environments/k3s/settings.ts'
import { runScenario } from '../runner/run-scenario.ts'
import { loadScenario } from '../scenario/load-scenario.ts'
import { median, runChain } from './whole-process.ts'

const SCENARIOS = path.join(import.meta.dirname, '../../scenarios')
const FIRST = path.join(SCENARIOS, 'routing/scheduling-through-nginx.yaml')

const REQUEST = `
  - request: GET /api/v1/scheduling/42
    expect: {status: 200, backend: {service: scheduling}}`

/** What a cold start takes, beside the bare container of the library in the same run. All in ms. */
export interface ColdFigures {
  readonly bareMs: number
  readonly imageLoadMs: number
  readonly firstVerdictMs: number
}

/** What a scenario takes on a cluster that is there, median, and all of them together. All in ms. */
export interface WarmFigures {
  readonly unchangedMs: number
  readonly recreateMs: number
  readonly restartMs: number
  readonly suiteMs: number
}

/** Starts clusters from nothing. One that is kept is ended first: a run would take it. */
export async function benchCold(): Promise<ColdFigures> {
  await down(nobody, false)
  const engine = await connectEngine()
  const image = await buildImage(engine)
  const startedMs = performance.now()
  await using bare = await new K3sContainer(imageNames().k3s).start()
  const bareMs = performance.now() - startedMs
  const loadStartedMs = performance.now()
  await loadIntoNode(engine, bare.getId(), image)
  const imageLoadMs = performance.now() - loadStartedMs
  await bare.stop()
  return { bareMs, imageLoadMs, firstVerdictMs: runChain([FIRST, '--env', 'k3s']).wallMs }
}

/** Runs scenarios on a cluster that is kept, and ends it. */
export async function benchWarm(): Promise<WarmFigures> {
  await up(nobody)
  try {
    const unchangedMs = await medianOf(10, REQUEST)
    const recreateMs = await medianOf(5, `\n  - recreate: service/scheduling${REQUEST}`)
    const restartMs = await medianOf(5, `\n  - restart: gateway${REQUEST}`)
    await k3s[Symbol.asyncDispose]()
    return { unchangedMs, recreateMs, restartMs, suiteMs: runChain([SCENARIOS, '--env', 'k3s']).wallMs }
  } finally {
    await k3s[Symbol.asyncDispose]()
    await down(nobody, false)
  }
}

/** The first run brings the chain about, and does not count. @throws {Error} a run does not pass */
async function medianOf(times: number, steps: string): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'chain-bench-'))
  const file = path.join(folder, 'scenario.yaml')
  writeFileSync(file, `scenario: Measured\nchain: chains/flowmaster\nsteps:${steps}\n`)
  const { scenario } = loadScenario(file, { root: SCENARIOS })
  rmSync(folder, { recursive: true })
  if (scenario === null) throw new Error(`Failed to load "${file}": it is not valid.`)
  const durationsMs: number[] = []
  for (let n = 0; n <= times; n++) {
    const { verdict, durationMs } = await runScenario(scenario, k3s, { seed: n })
    if (verdict !== 'pass') throw new Error(`Failed to measure: the scenario ended with "${verdict}".`)
    durationsMs.push(durationMs)
  }
  return median(durationsMs.slice(1))
}

function nobody(): void {}
