import { expect, test } from 'vitest'
import { command } from '../../fixtures/command.ts'

test('scenarios, tags and chains, as a table and as JSON', async () => {
  const { code, stdout } = await command('list', 'scenarios/health', '--only', 'scenarios')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^scenarios\n {2}scenarios\/health\/\S+\.yaml {2,}\S.* {2}\[.*\]$/m)
  const json = await command('list', 'scenarios/health', '--only', 'scenarios', '--json')
  const { scenarios } = JSON.parse(json.stdout)
  expect(scenarios[0]).toEqual({
    file: expect.stringMatching(/^scenarios\/health\//),
    name: expect.any(String),
    tags: expect.arrayContaining(['health']),
    chains: ['scenarios/chains/flowmaster'],
    variants: [],
    examples: 0,
    steps: expect.any(Number),
  })
  expect((await command('list', '--only', 'tags')).stdout).toMatch(/^ {2}drift {2,}\d+ scenarios$/m)
  expect((await command('list', 'scenarios/health', '--only', 'chains')).stdout).toMatch(
    /^ {2}scenarios\/chains\/guarded {2,}0 scenarios$/m,
  )
})

test('a file that is not valid is told, and the others are listed', async () => {
  const { code, stdout, stderr } = await command('list', 'scenarios/health', 'scenarios/nowhere', '--only', 'tags')
  expect(code).toBe(2)
  expect(stderr).toContain('Failed to find "scenarios/nowhere"')
  expect(stdout).toContain('health')
})
