import { spawnSync } from 'node:child_process'
import path from 'node:path'

const CHAIN = path.join(import.meta.dirname, '../cli/chain.js')
const REPORT_MEMORY = path.join(import.meta.dirname, 'report-memory.js')

/** What one run of a whole process took. */
export interface ProcessFigures {
  readonly wallMs: number
  readonly peakMiB: number
}

/** Runs `chain run PATHS --env ENV` as a process of its own. @throws {Error} it did not end with 0 */
export function runChain(paths: readonly string[], env = 'simulated'): ProcessFigures {
  return measure(CHAIN, ['run', ...paths, '--env', env, '--seed', '1'])
}

/** Checks the scenarios in `paths` as a process of its own. @throws {Error} it did not end with 0 */
export function checkChain(paths: readonly string[]): ProcessFigures {
  return measure(CHAIN, ['check', ...paths])
}

/** Runs Node.js with `args` as a process of its own. @throws {Error} it did not end with 0 */
export function runNode(args: readonly string[]): ProcessFigures {
  return measure(process.execPath, args)
}

/** What the first line of `chain` tells Node.js. */
export const CHAIN_OPTIONS: readonly string[] = ['--max-semi-space-size=16']

/** Runs Node.js with `args`; what it prints is seen at once. @throws {Error} it did not end with 0 */
export function runNodeAloud(args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) throw new Error(`"node ${args.join(' ')}" ended with ${status}`)
}

function measure(program: string, args: readonly string[]): ProcessFigures {
  const startedMs = performance.now()
  const { status, stdout, stderr, output } = spawnSync(program, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: `--import ${REPORT_MEMORY}` },
  })
  const wallMs = performance.now() - startedMs
  if (status !== 0) throw new Error(`"${program} ${args.join(' ')}" ended with ${status}:\n${stdout}${stderr}`)
  return { wallMs, peakMiB: Number(output[3]) / 1024 }
}

/** The middle one of several measurements. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
