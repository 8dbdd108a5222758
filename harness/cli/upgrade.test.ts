import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { simulatedBy } from '../environments/simulated/simulated.ts'
import { rulesOf } from '../nginx/versions.ts'
import { renderUpgrade } from '../reporters/upgrade.ts'
import { compareVersions, type Upgrade } from '../runner/upgrade.ts'
import { loadSuite } from './load-suite.ts'

const SCENARIOS = path.join(import.meta.dirname, '../../scenarios')

function upgrade(from: string, to: string, ...files: readonly string[]): Promise<Upgrade> {
  const { scenarios } = loadSuite(files.map((file) => path.join(SCENARIOS, file)))
  return compareVersions(scenarios, rulesOf(from), rulesOf(to), simulatedBy)
}

describe('what another version of nginx changes for a suite', () => {
  test('the requests, the rule that makes it so, and the scenarios that end otherwise', async () => {
    const found = await upgrade('1.22.1', '1.30.4', 'bugs/frontend-wants-http-1.1.yaml', 'routing/route-root.yaml')
    expect(found.groups.map(({ rules }) => rules)).toEqual([['upstreamHttp11ByDefault']])
    expect(found.verdicts).toMatchObject([{ before: 'pass', after: 'fail' }])
    expect(renderUpgrade(found, { color: false })).toMatchInlineSnapshot(`
      "From nginx 1.22.1 to 1.30.4: 5 requests of 2 scenarios

        1 request
          nginx sends HTTP/1.1 to upstreams and no Connection header, and keeps connections open
          where 1.22.1 sends HTTP/1.0 and "Connection: close"  (since 1.29.7)
            upstream gets HTTP version: 1.0 → 1.1
            client gets status: 426 → 200
            client gets content-type: text/plain;charset=UTF-8 → application/json
            client gets transfer-encoding: chunked → none
            client gets upgrade: HTTP/1.1 → none
            request: GET /studio  scenarios/bugs/frontend-wants-http-1.1.yaml:18:5

      1 scenario ends otherwise
        pass → fail  nginx speaks HTTP/1.0 to a frontend whose sidecar takes 1.1 alone  scenarios/bugs/frontend-wants-http-1.1.yaml

      nginx does something else with 1 request; 1 scenario ends otherwise. 4 other requests go as before.
      "
    `)
  })

  test('the way back is told the other way round', async () => {
    const found = await upgrade('1.30.4', '1.22.1', 'bugs/frontend-wants-http-1.1.yaml')
    expect(renderUpgrade(found, { color: false })).toContain(
      'nginx sends HTTP/1.0 and "Connection: close"\n    where 1.30.4 sends HTTP/1.1',
    )
  })

  test('what upstreams answer by themselves is no change: a clock, a client of WebSockets', async () => {
    const found = await upgrade('1.24.0', '1.28.3', 'auth', 'middleware', 'websocket')
    expect(found.groups).toEqual([])
    expect(renderUpgrade(found, { color: false })).toContain('Nothing changes for this suite.')
  })

  test('a scenario that is about versions is left out', async () => {
    const found = await upgrade('1.22.1', '1.30.4', 'versions')
    expect(found).toMatchObject({ scenarios: 0, leftOut: 4, requests: 0 })
  })
})
