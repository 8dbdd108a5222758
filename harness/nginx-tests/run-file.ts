import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** What came of a test file. */
export interface FileResult {
  readonly name: string
  /** Assertions that it has: as many as it plans. */
  readonly planned: number
  readonly passed: number
  readonly failures: readonly string[]
  /** What the model refused, by its own words. */
  readonly refused: readonly string[]
  /** Faults of the stand-in, by their first lines. */
  readonly faults: readonly string[]
  /** Why the file skipped itself; null where it did not. */
  readonly skipped: string | null
}

/** A file that hangs is ended after this time. */
const MOST_MS = 120_000

const NOBODY = 65_534

/**
 * Runs one file in a network of its own, which has a loopback interface and nothing else. Root runs it as an ordinary user.
 * @param binary what stands in for nginx, or an nginx
 */
export async function runFile(suite: string, name: string, binary: string, temporary: string): Promise<FileResult> {
  const told = path.join(temporary, `${name}.told`)
  const isRoot = process.getuid?.() === 0
  const perl = isRoot ? `exec setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups perl "$0"` : 'exec perl "$0"'
  const own = isRoot ? ['--net'] : ['--user', '--map-root-user', '--net']
  const child = spawn(
    'unshare',
    [...own, '--pid', '--fork', '--kill-child', 'sh', '-c', `ip link set lo up && ${perl}`, name],
    {
      cwd: suite,
      env: { ...process.env, TEST_NGINX_BINARY: binary, TMPDIR: temporary, HOME: temporary, CHAIN_STAND_IN_TOLD: told },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: MOST_MS,
      killSignal: 'SIGKILL',
    },
  )
  const out: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  child.once('error', reject)
  child.once('close', () => resolve())
  await promise
  return {
    name,
    ...readTap(Buffer.concat(out).toString('latin1')),
    ...readTold(told),
  }
}

/** Reads what a test file printed (TAP). Assertions that never came count as failed. */
export function readTap(text: string): Pick<FileResult, 'planned' | 'passed' | 'failures' | 'skipped'> {
  const skipped = /^1\.\.0 # SKIP (.*)$/im.exec(text)?.[1] ?? null
  const lines = [...text.matchAll(/^(not )?ok (\d+)(.*)$/gm)]
  const failures = lines.flatMap(([, not, number = '', label = '']) =>
    not !== undefined && !label.includes('# TODO') ? [label === '' ? `test ${number}` : label.replace(/^ - /, '')] : [],
  )
  const planned = Number(/^1\.\.(\d+)/m.exec(text)?.[1] ?? lines.length)
  return { planned, passed: lines.length - failures.length, failures, skipped }
}

/** What the stand-in told, of which some tests let nothing through to us. */
function readTold(file: string): Pick<FileResult, 'refused' | 'faults'> {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  const after = (start: string): string[] => [
    ...new Set(lines.flatMap((line) => (line.startsWith(start) ? [line.slice(start.length)] : []))),
  ]
  return { refused: after('refused: '), faults: after('fault: ') }
}
