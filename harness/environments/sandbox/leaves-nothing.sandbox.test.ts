import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { describeTier } from '../../vitest/describe-tier.ts'
import { descendants, type Identity, isAlive } from './fixtures/descendants.ts'

const HOLD = path.join(import.meta.dirname, 'fixtures/hold.ts')
const NOBODY = 65_534

/** Ways in which a program that uses a sandbox may end. */
const ENDINGS: readonly { readonly name: string; readonly end: (holder: ChildProcess) => void }[] = [
  { name: 'it disposes it', end: (holder) => holder.stdin?.end() },
  { name: 'Ctrl-C', end: (holder) => holder.kill('SIGINT') },
  { name: 'kill -9', end: (holder) => holder.kill('SIGKILL') },
]

await describeTier('sandbox', 'a sandbox leaves nothing behind', () => {
  test.each(ENDINGS)('$name', async ({ end }) => {
    const { holder, status } = await hold()
    expect(status).toBe('200')
    const below = descendants(holder.pid ?? 0)
    // unshare, the inside, nginx and its worker
    expect(below.length).toBeGreaterThanOrEqual(4)
    end(holder)
    await gone(below)
  })

  test('kill -9 of unshare alone ends all that is in it', async () => {
    const { holder } = await hold()
    const below = descendants(holder.pid ?? 0)
    const [unshare] = below
    if (unshare !== undefined) process.kill(unshare.pid, 'SIGKILL')
    await gone(below)
  })

  test.skipIf(process.getuid?.() !== 0 || !nobodyCanRead())('an ordinary user has one too', async () => {
    const { holder, status } = await hold(NOBODY)
    expect(status).toBe('200')
    const below = descendants(holder.pid ?? 0)
    holder.kill('SIGKILL')
    await gone(below)
  })
})

async function hold(uid?: number): Promise<{ holder: ChildProcess; status: string }> {
  const identity = uid === undefined ? {} : { uid, gid: uid, cwd: '/' }
  const holder = spawn(process.execPath, [HOLD], { ...identity, stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void holder.kill('SIGKILL'))
  const [line] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')])
  return { holder, status: String(line).trim() }
}

async function gone(processes: readonly Identity[]): Promise<void> {
  await vi.waitFor(() => expect(processes.filter(isAlive)).toEqual([]), { timeout: 20_000, interval: 20 })
}

function nobodyCanRead(): boolean {
  return spawnSync(process.execPath, ['--check', HOLD], { uid: NOBODY, gid: NOBODY, cwd: '/' }).status === 0
}
