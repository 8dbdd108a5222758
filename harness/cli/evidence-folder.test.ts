import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { EvidenceFiles } from '../environments/environment.ts'
import { expected, SPAN } from '../runner/fixtures/expectations.ts'
import { FakeEnvironment } from '../runner/fixtures/fake-environment.ts'
import { flow } from '../runner/fixtures/flow.ts'
import { request, SOURCE, scenario } from '../runner/fixtures/scenarios.ts'
import { runScenario } from '../runner/run-scenario.ts'
import { EvidenceFolder } from './evidence-folder.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'chain-evidence-test-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const SECRET = 'hunter22'

describe('a folder of evidence', () => {
  test('is made when there is something to save, and only then', async () => {
    const wanted = path.join(dir, 'a/b')
    const folder = opened(wanted)
    await fail(folder, new Map())
    expect(folder.end()).toBeNull()
    expect(readdirSync(dir)).toEqual([])
    await fail(folder, new Map([['nginx.log', 'x']]))
    expect(folder.end()).toBe(`evidence of 1 failure is in ${wanted}`)
    expect(readdirSync(wanted)).toEqual(['01-test-simulated', 'README.txt'])
    expect(statSync(wanted).mode & 0o777).toBe(0o700)
  })

  test('has a page that says what failed, how to repeat it, and what each file is', async () => {
    const folder = opened(dir)
    const name = await fail(folder, new Map([['nginx.log', 'x']]))
    const page = readFileSync(path.join(name ?? '', 'README.txt'), 'utf8')
    expect(page).toContain('expected 404, got 200')
    expect(page).toContain(`  npx chain run ${SPAN.file} --env simulated --seed 7\n`)
    expect(page).toMatch(/^ {2}nginx\.log$/m)
    expect(page).toMatch(/^ {2}trace\.json {2}the step's request/m)
    folder.end()
    expect(readFileSync(path.join(dir, 'README.txt'), 'utf8')).toContain('01-test-simulated/\n')
  })

  test('has no secret of the requests', async () => {
    const folder = opened(dir)
    await fail(folder, new Map([['gateway.log', `token ${SECRET} is not valid`]]))
    folder.end()
    const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    const texts = files.map(({ parentPath, name }) => readFileSync(path.join(parentPath, name), 'utf8'))
    expect(texts).toHaveLength(4)
    expect(texts.join()).toContain('token *** is not valid')
    expect(texts.join()).not.toContain(SECRET)
  })

  test('takes names for names, wherever they would lead', async () => {
    const folder = opened(path.join(dir, 'in'))
    const evidence = new Map([
      ['../../../a b', 'x'],
      ['pods/c:d', 'z'],
    ])
    const name = (await fail(folder, evidence)) ?? ''
    expect(readdirSync(dir)).toEqual(['in'])
    expect(readdirSync(name, { recursive: true })).toEqual(
      expect.arrayContaining(['_../_../_../a_b', 'pods/c_d', 'README.txt', 'trace.json']),
    )
  })

  test('has the end of a file that is too long, in whole lines', async () => {
    const line = `${'é'.repeat(50)}\n`
    const folder = opened(dir)
    const name = (await fail(folder, new Map([['a.log', line.repeat(30_000)]]))) ?? ''
    const [first = '', ...rest] = readFileSync(path.join(name, 'a.log'), 'utf8').split('\n')
    expect(first).toMatch(/^… \d+ bytes before this are left out$/)
    expect(new Set(rest)).toEqual(new Set([line.trim(), '']))
    expect(statSync(path.join(name, 'a.log')).size).toBeLessThanOrEqual(2 * 1024 * 1024 + 100)
  })

  test('has room for twenty failures, and says how many more there were', async () => {
    const folder = opened(dir)
    for (let count = 0; count < 22; count++) await fail(folder, new Map([['a', 'x']]))
    expect(folder.end()).toBe(
      `evidence of 20 failures is in ${dir}, and nothing of 2 more: a folder has room for so many`,
    )
    expect(readdirSync(dir)).toHaveLength(21)
  })

  test('that an earlier run has left is replaced', async () => {
    await fail(opened(dir), new Map([['a', 'x']]))
    const first = opened(dir)
    await fail(first, new Map([['a', 'x']]))
    await fail(first, new Map([['a', 'x']]))
    first.end()
    const second = opened(dir)
    await fail(second, new Map([['a', 'x']]))
    second.end()
    expect(readdirSync(dir)).toEqual(['01-test-simulated', 'README.txt'])
  })

  test('is refused where there is anything else', () => {
    writeFileSync(path.join(dir, 'thesis.txt'), 'x')
    mkdirSync(path.join(dir, '01-thesis'))
    expect(EvidenceFolder.open(dir, 7)).toBe(
      `Failed to save evidence in "${dir}": it holds other things than evidence of an earlier run. Name a folder that is new or empty: --evidence DIR.`,
    )
    expect(readdirSync(dir)).toHaveLength(2)
    const file = path.join(dir, 'thesis.txt')
    expect(EvidenceFolder.open(file, 7)).toContain(`"${file}" is no folder`)
    expect(EvidenceFolder.open(path.join(file, 'in'), 7)).toContain('Failed to save evidence in')
  })
})

test('evidence that cannot be written is told in one sentence, and the rest of the run goes on', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const target = path.join(dir, 'a')
  const folder = opened(target)
  writeFileSync(target, 'in the way')
  expect(await fail(folder, new Map([['a', 'x']]))).toBeNull()
  expect(await fail(folder, new Map([['a', 'x']]))).toBeNull()
  expect([folder.isBroken, folder.end()]).toEqual([true, null])
  expect(said.mock.calls.map(([text]) => text)).toEqual([
    expect.stringMatching(
      /^chain: Failed to save evidence in ".*": .*\. Make room, or name another folder: --evidence DIR\.\n$/,
    ),
  ])
  said.mockRestore()
})

function opened(wanted: string): EvidenceFolder {
  const folder = EvidenceFolder.open(wanted, 7)
  if (typeof folder === 'string') throw new Error(folder)
  return folder
}

/** A scenario that fails and sends a secret. Gives the folder of its evidence. */
async function fail(folder: EvidenceFolder, evidence: EvidenceFiles): Promise<string | null> {
  const headers = [['Authorization', `Bearer ${SECRET}`]] as const
  const environment = new FakeEnvironment({
    request: ({ target }) => flow({ target, headers }),
    evidence: () => evidence,
  })
  const steps = [request('GET /a', { status: expected(404) })]
  const options = { seed: 7, onFailure: async (failed: Parameters<typeof folder.save>[0]) => folder.save(failed) }
  const result = await runScenario(scenario(steps, { source: SOURCE }), environment, options)
  return result.runs[0]?.evidence ?? null
}
