import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { OWN_GATEWAY } from '../chain/chain.ts'
import { sandbox } from '../environments/sandbox/sandbox.ts'
import { renderFailure } from '../reporters/failure.ts'
import { runScenario } from '../runner/run-scenario.ts'
import { findScenarioFiles } from '../scenario/find-scenario-files.ts'
import { loadScenario } from '../scenario/load-scenario.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { MISSING_FOR_FASTAPI } from './debian-packages.ts'
import { describeTier, describeUnless, isRequired } from './describe-tier.ts'

const SCENARIOS = path.join(import.meta.dirname, '../../scenarios')
const APP = path.join(SCENARIOS, 'gateways/fastapi')
const COMMAND = [
  'uvicorn',
  '--app-dir',
  APP,
  'app:app',
  '--host',
  '0.0.0.0',
  '--port',
  '9000',
  '--log-level',
  'warning',
]

/** What the gateway on FastAPI cannot show, and why (docs/discoveries/fastapi-gateway.md). */
const DIFFERENT: Readonly<Record<string, string>> = {
  'empty-query-kept.yaml': 'ASGI has no word for a question mark with nothing behind it',
}

const missing = MISSING_FOR_FASTAPI.length === 0 || isRequired('sandbox') ? null : MISSING_FOR_FASTAPI.join(', ')
const why = missing === null ? null : { fact: `there is no ${missing}`, remedy: 'Install it: npm run setup.' }

await describeTier('sandbox', 'the routing scenarios', () => {
  describeUnless(why, 'on a gateway written with FastAPI', () => {
    afterAll(() => sandbox[Symbol.asyncDispose]())

    for (const file of findScenarioFiles([path.join(SCENARIOS, 'routing')]).files) {
      const name = path.basename(file)
      const difference = DIFFERENT[name]
      test(difference === undefined ? name : `${name} differs: ${difference}`, async () => {
        const result = await runScenario(onFastApi(file), sandbox, { seed: 1 })
        const shown = renderFailure(result, { color: false })
        expect(result.verdict, shown).toBe(difference === undefined ? 'pass' : 'fail')
      })
    }
  })
})

/** The scenario with its first row of examples alone: each starts a Python of its own. */
function onFastApi(file: string): Scenario {
  const { scenario } = loadScenario(file, { root: SCENARIOS })
  if (scenario === null) throw new Error(`Failed to load "${file}": it is not valid.`)
  const variants = scenario.variants.map((variant) => ({
    ...variant,
    chain: { ...variant.chain, gateway: { ...OWN_GATEWAY, command: COMMAND } },
  }))
  return { ...scenario, variants, examples: scenario.examples.slice(0, 1) }
}
