import { spawn } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'

/** A program that stops for nobody, and has other listeners that would keep it alive. */
const STUBBORN = `
  const { watchCtrlC } = await import(${JSON.stringify(path.join(import.meta.dirname, 'interrupt.ts'))})
  const { signal } = watchCtrlC()
  process.on('SIGINT', () => undefined)
  signal.addEventListener('abort', () => console.log('stopping'))
  setInterval(() => undefined, 1000)
  console.log('ready')
`

test('Ctrl-C is a wish to stop; the second one ends the process at once', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', STUBBORN])
  const ended = new Promise((resolve) => child.once('close', (_code, signal) => resolve(signal)))
  const said: string[] = []
  for await (const chunk of child.stdout) {
    said.push(String(chunk).trim())
    child.kill('SIGINT')
  }
  expect(said).toEqual(['ready', 'stopping'])
  expect(await ended).toBe('SIGINT')
})
