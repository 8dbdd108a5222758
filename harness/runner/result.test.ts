import path from 'node:path'
import { expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { simulated } from '../environments/simulated/simulated.ts'
import { parseScenario } from '../scenario/load-scenario.ts'
import { runScenario } from './run-scenario.ts'

const ROOT = path.join(import.meta.dirname, '../../scenarios')

const TEXT = `
scenario: The slash in proxy_pass, and a file that nginx refuses
variants:
  buggy:
    chain:
      from: chains/flowmaster
      site: {replace: "proxy_pass http://10.43.193.134:9000;", with: "proxy_pass http://10.43.193.134:9000/;"}
    must: fail
  broken:
    chain:
      from: chains/flowmaster
      site: {replace: "listen 80", with: "listen eighty"}
steps:
  - request: GET /api/v1/processes/42
    headers: {authorization: Bearer abcdefgh}
    expect: {status: 200, headers: {x-a: b}}
`

test('a result is plain data that nobody can change, and JSON keeps it whole', async () => {
  const { scenario } = parseScenario(new Source(path.join(ROOT, 'plain.yaml'), TEXT), { root: ROOT })
  if (scenario === null) throw new Error('the scenario is wrong')
  const result = await runScenario(scenario, simulated, { seed: 7, keepTraces: true })
  expect(result.runs[0]?.steps[0]?.trace?.exchanges.length).toBe(2)
  expect(result.runs[0]?.steps[0]?.blame).toMatchObject({ hop: 'nginx' })
  expect(result.runs[1]?.problem?.diagnostics.length).toBeGreaterThan(0)
  expect(JSON.parse(JSON.stringify(result))).toEqual(result)
  expect(Object.isFrozen(result.runs[0]?.steps[0]?.checks)).toBe(true)
})
