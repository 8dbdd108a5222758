import { spawn } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'

/** A program that stops for nobody, and has other listeners that would keep it alive. */
const STUBBORN = `
  const { watchSignals } = await import(${JSON.stringify(path.join(import.meta.dirname, 'interrupt.ts'))})
  const interrupt = watchSignals()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => undefined)
  interrupt.signal.addEventListener('abort', () => console.log('stopping by ' + interrupt.by))
  setInterval(() => undefined, 1000)
  console.log('ready')
`

test.each([
  ['SIGINT', 'SIGINT'],
  ['SIGTERM', 'SIGTERM'],
  ['SIGHUP', 'SIGHUP'],
  ['SIGTERM', 'SIGINT'],
] as const)('%s is a wish to stop; a second signal, %s, ends the process at once', async (first, second) => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', STUBBORN])
  const ended = new Promise((resolve) => child.once('close', (_code, signal) => resolve(signal)))
  const said: string[] = []
  for await (const chunk of child.stdout) {
    said.push(String(chunk).trim())
    child.kill(said.length === 1 ? first : second)
  }
  expect(said).toEqual(['ready', `stopping by ${first}`])
  expect(await ended).toBe(second)
})
