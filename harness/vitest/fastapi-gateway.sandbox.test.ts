import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { OWN_GATEWAY } from '../chain/chain.ts'
import { sandbox } from '../environments/sandbox/sandbox.ts'
import { simulated } from '../environments/simulated/simulated.ts'
import { renderFailure } from '../reporters/failure.ts'
import { runScenario } from '../runner/run-scenario.ts'
import { findScenarioFiles } from '../scenario/find-scenario-files.ts'
import { loadScenario } from '../scenario/load-scenario.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { exchangeAt } from '../trace/reading.ts'
import type { Trace } from '../trace/trace.ts'
import { MISSING_FOR_FASTAPI } from './debian-packages.ts'
import { describeTier, describeUnless, isRequired } from './describe-tier.ts'

const SCENARIOS = path.join(import.meta.dirname, '../../scenarios')
const PAGE = path.join(SCENARIOS, '../docs/discoveries/fastapi-gateway.md')

/** Every scenario in which a request comes to the gateway, by its path under scenarios/. The others show nothing of it. */
const ASKING = new Map<string, string>()
for (const file of findScenarioFiles([SCENARIOS]).files) {
  if (await asksTheGateway(file)) ASKING.set(path.relative(SCENARIOS, file), file)
}

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

/** Scenarios that do not pass on it, by file, and why: rows of the table in its page. */
const DIFFERENT = new Map(
  [...readFileSync(PAGE, 'utf8').matchAll(/^\| `(.+\.yaml)` \| (.+) \|$/gm)].map(([, file = '', why = '']) => [
    file,
    why,
  ]),
)

const missing = MISSING_FOR_FASTAPI.length === 0 || isRequired('sandbox') ? null : MISSING_FOR_FASTAPI.join(', ')
const why = missing === null ? null : { fact: `there is no ${missing}`, remedy: 'Install it: npm run setup.' }

await describeTier('sandbox', 'every scenario', () => {
  describeUnless(why, 'on a gateway written with FastAPI', () => {
    afterAll(() => sandbox[Symbol.asyncDispose]())

    for (const [name, file] of ASKING) {
      const difference = DIFFERENT.get(name)
      test.concurrent(difference === undefined ? name : `${name} does not pass: ${difference}`, async () => {
        const result = await runScenario(onFastApi(file), sandbox, { seed: 1 })
        const shown = renderFailure(result, { color: false })
        if (difference === undefined) expect(result.verdict, shown).toBe('pass')
        else expect(result.verdict, shown).toMatch(/^(fail|unsupported)$/)
      })
    }
  })
})

test('its page lists scenarios that ask the gateway', () => {
  expect([...DIFFERENT.keys()].filter((name) => !ASKING.has(name))).toEqual([])
})

/** Whether any of its requests comes to the gateway, in the simulation; so does what the simulation cannot show. */
async function asksTheGateway(file: string): Promise<boolean> {
  const { verdict, runs } = await runScenario(loaded(file), simulated, { seed: 1, keepTraces: true })
  const asks = (trace: Trace | null) => trace !== null && exchangeAt(trace, 'gateway') !== undefined
  return verdict !== 'pass' || runs.some(({ steps }) => steps.some(({ trace }) => asks(trace)))
}

/** The scenario with its first row of examples alone: each starts a Python of its own. */
function onFastApi(file: string): Scenario {
  const scenario = loaded(file)
  const variants = scenario.variants.map((variant) => ({
    ...variant,
    chain: { ...variant.chain, gateway: { ...OWN_GATEWAY, command: COMMAND } },
  }))
  return { ...scenario, variants, examples: scenario.examples.slice(0, 1) }
}

function loaded(file: string): Scenario {
  const { scenario } = loadScenario(file, { root: SCENARIOS })
  if (scenario === null) throw new Error(`Failed to load "${file}": it is not valid.`)
  return scenario
}
