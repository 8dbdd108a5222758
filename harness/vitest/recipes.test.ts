import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { simulated } from '../environments/simulated/simulated.ts'
import { renderFailure } from '../reporters/failure.ts'
import { runScenario } from '../runner/run-scenario.ts'
import { findScenarioFiles } from '../scenario/find-scenario-files.ts'
import { loadScenario } from '../scenario/load-scenario.ts'

const PAGE = path.join(import.meta.dirname, '../../docs/guide/recipes.md')

/** The files of each recipe of the page, by its heading: a block of text, under its name. */
const RECIPES = readFileSync(PAGE, 'utf8')
  .split('\n## ')
  .slice(1)
  .map((section): [string, Map<string, string>] => {
    const [heading = ''] = section.split('\n', 1)
    const files = [...section.matchAll(/^`(\S+)`\n\n```\w+\n([\s\S]*?)^```$/gm)]
    return [heading, new Map(files.map(([, file = '', text = '']) => [file, text]))]
  })

test.each(RECIPES)('%s: what the page says holds', async (_, files) => {
  const root = mkdtempSync(path.join(tmpdir(), 'chain-recipe-'))
  try {
    for (const [file, text] of files) {
      mkdirSync(path.join(root, path.dirname(file)), { recursive: true })
      writeFileSync(path.join(root, file), text)
    }
    const scenarios = path.join(root, 'scenarios')
    const found = findScenarioFiles([scenarios]).files
    expect(found).toHaveLength(1)
    for (const file of found) {
      const { scenario, diagnostics } = loadScenario(file, { root: scenarios })
      if (scenario === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
      const result = await runScenario(scenario, simulated, { seed: 1 })
      expect(result.verdict, renderFailure(result, { color: false })).toBe('pass')
    }
  } finally {
    rmSync(root, { recursive: true })
  }
})
