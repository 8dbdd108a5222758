import childProcess from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'

/** A setup file of the tier `pure`: whatever starts a program there, however deep below the test, throws. */
const STARTERS = ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'] as const

Object.assign(childProcess, Object.fromEntries(STARTERS.map((name) => [name, refuse])))
syncBuiltinESMExports()

function refuse(program: unknown): never {
  throw new Error(
    `Failed to start "${String(program)}": a pure test starts no program. Name the file x.process.test.ts, or what CONTRIBUTING.md says.`,
  )
}
