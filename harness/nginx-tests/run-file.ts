import { spawn } from 'node:child_process'

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
  const isRoot = process.getuid?.() === 0
  const perl = isRoot ? `exec setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups perl "$0"` : 'exec perl "$0"'
  const own = isRoot ? ['--net'] : ['--user', '--map-root-user', '--net']
  const child = spawn(
    'unshare',
    [...own, '--pid', '--fork', '--kill-child', 'sh', '-c', `ip link set lo up && ${perl}`, name],
    {
      cwd: suite,
      env: { ...process.env, TEST_NGINX_BINARY: binary, TMPDIR: temporary, HOME: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: MOST_MS,
      killSignal: 'SIGKILL',
    },
  )
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  child.once('error', reject)
  child.once('close', () => resolve())
  await promise
  return {
    name,
    ...readTap(Buffer.concat(out).toString('latin1')),
    ...readErrors(Buffer.concat(err).toString('latin1')),
  }
}

/** Reads what a test file printed (TAP). Assertions that never came count as failed. */
function readTap(text: string): Pick<FileResult, 'planned' | 'passed' | 'failures' | 'skipped'> {
  const skipped = /^1\.\.0 # SKIP (.*)$/im.exec(text)?.[1] ?? null
  const lines = [...text.matchAll(/^(not )?ok (\d+)(?: - (.*))?$/gm)]
  const failures = lines.flatMap(([, not, number = '', label = '']) =>
    not !== undefined && !/# TODO/.test(label) ? [label === '' ? `test ${number}` : label] : [],
  )
  const planned = Number(/^1\.\.(\d+)/m.exec(text)?.[1] ?? lines.length)
  return { planned, passed: lines.length - failures.length, failures, skipped }
}

function readErrors(text: string): Pick<FileResult, 'refused' | 'faults'> {
  const after = (start: string): string[] => [
    ...new Set(text.split('\n').flatMap((line) => (line.startsWith(start) ? [line.slice(start.length)] : []))),
  ]
  return { refused: after('stand-in: refused: '), faults: after('stand-in: fault: ') }
}
