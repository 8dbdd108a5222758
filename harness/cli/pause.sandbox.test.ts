import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { describeTier } from '../vitest/describe-tier.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const CHAIN = path.join(import.meta.dirname, 'chain.js')
const SCENARIO = (target: string): string => `scenario: It fails
chain: chains/flowmaster
steps:
  - request: GET ${target}
    expect: {status: 418}
`
const terminals = new Set<ChildProcess>()
const PAUSED = 'Enter goes on; Ctrl-C ends the run.'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'chain-pause-'))
  cpSync(path.join(ROOT, 'scenarios/chains/flowmaster'), path.join(dir, 'chains/flowmaster'), { recursive: true })
  writeFileSync(path.join(dir, 'one.yaml'), SCENARIO('/one'))
  writeFileSync(path.join(dir, 'two.yaml'), SCENARIO('/two'))
})
/** A test that fails leaves no run that waits for ever: it ends with its terminal. */
afterEach(() => {
  for (const child of terminals) child.kill()
  terminals.clear()
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

await describeTier('sandbox', '--pause-on-failure', () => {
  test('waits after each failure while one can look inside, and goes on with Enter', async () => {
    const run = terminal()
    await run.says(PAUSED, 1)
    // What it says to type leads to the chain that failed.
    const [, line = ''] = /^ +(nsenter .*curl .*)$/m.exec(run.text()) ?? []
    expect(execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' })).toContain('"service":"frontend-nextjs"')
    const [, folder = ''] = /What it had to say is in (\S+)/.exec(run.text()) ?? []
    expect(existsSync(path.join(dir, folder, 'running/nginx-site.conf'))).toBe(true)
    run.type('\n')
    await run.says(PAUSED, 2)
    run.type('\n')
    expect(await run.end()).toBe(1)
    expect(run.text()).toContain('2 scenarios failed, 0 passed')
  })

  test('ends the run with Ctrl-C, and the failure is told', async () => {
    const run = terminal()
    await run.says(PAUSED, 1)
    run.type('\x03')
    expect(await run.end()).toBe(130)
    expect(run.text()).toMatch(/1 scenario failed, 0 passed, 1 not run, stopped by SIGINT/)
    const [, pid = ''] = /nsenter --target (\d+)/.exec(run.text()) ?? []
    expect(existsSync(`/proc/${pid}`)).toBe(false)
  })

  test('is refused where nobody can press Enter', () => {
    const refused = (env: NodeJS.ProcessEnv) =>
      spawnSync(process.execPath, [CHAIN, 'run', 'one.yaml', '--env', 'sandbox', '--pause-on-failure'], {
        cwd: dir,
        env: { ...process.env, ...env },
        encoding: 'utf8',
      })
    const noTerminal = refused({ CI: '' })
    expect([noTerminal.status, noTerminal.stderr]).toEqual([
      2,
      'chain: Failed to use --pause-on-failure: standard input is no terminal, so nobody can press Enter. Leave it out.\n',
    ])
    expect(refused({ CI: 'true' }).stderr).toContain('this is a CI system')
  })
})

/** `chain run` at a terminal of its own, as script(1) makes one. */
function terminal() {
  const command = `"${process.execPath}" "${CHAIN}" run one.yaml two.yaml --env sandbox --pause-on-failure --evidence evidence`
  const child: ChildProcess = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: dir,
    env: { ...process.env, CI: '', NO_COLOR: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  terminals.add(child)
  const ended = once(child, 'close')
  let text = ''
  const waiting = new Set<() => void>()
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString().replaceAll('\r\n', '\n')
    for (const look of waiting) look()
  })
  return {
    text: () => text,
    type: (keys: string) => child.stdin?.write(keys),
    /** Waits until it has said something so many times. */
    says: (words: string, times: number) =>
      new Promise<void>((resolve, reject) => {
        const look = (): void => {
          if (text.split(words).length > times) resolve()
        }
        waiting.add(look)
        look()
        ended.then(() => reject(new Error(`It ended, and has said: ${text}`)))
      }),
    end: async (): Promise<number | null> => {
      await ended
      return child.exitCode
    },
  }
}
