import { expect, test } from 'vitest'
import { command } from '../../fixtures/command.ts'
import { SHELLS } from './scripts.ts'

/** What the last word may become. */
async function offered(...words: readonly string[]): Promise<string[]> {
  const { stdout } = await command('complete', '--', ...words)
  return stdout.split('\n').flatMap((line) => line.split('\t', 1)[0] || [])
}

test.each([
  [['ex'], ['explain']],
  [['env', 'st'], ['status']],
  [
    ['run', '--re'],
    ['--reporter', '--requests'],
  ],
  [['run', '--env', 'simulated,sa'], ['simulated,sandbox']],
  [['explain', '--chain', 'scenarios/chains/flowmaster-'], ['scenarios/chains/flowmaster-secured']],
  [['serve', 'scenarios/chains/flowmaster-'], ['scenarios/chains/flowmaster-secured']],
  [
    ['explain', '--json', '--via', ''],
    ['nginx', 'gateway'],
  ],
  [['list', '--only', 't'], ['tags']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
])('%j may become %j', async (words, values) => {
  expect(await offered(...words)).toEqual(values)
})

test('where a file may stand, the shell completes it', async () => {
  expect(await offered('run', 'scenarios/')).toEqual([])
  expect(await offered('run', '--evidence', '')).toEqual([])
})

test.each(SHELLS)('the script of %s asks with the words as they are', async (shell) => {
  const { code, stdout } = await command('completion', shell)
  expect(code).toBe(0)
  expect(stdout).toContain('chain complete -- ')
  expect(stdout).not.toMatch(/\beval\b/)
})
