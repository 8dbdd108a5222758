import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { runScenario } from '../runner/run-scenario.ts'
import { parseScenario } from '../scenario/load-scenario.ts'
import { clusterEnvironment } from './cluster/cluster.ts'
import type { Environment } from './environment.ts'
import { k3s } from './k3s/k3s.ts'
import { NO_RESOURCES } from './kubernetes/resources.ts'
import { sandbox } from './sandbox/sandbox.ts'
import { simulated } from './simulated/simulated.ts'

const ROOT = path.join(import.meta.dirname, '../../scenarios')
const COMMAND = '{command: [node, server.js]}'
const IMAGE = '{image: registry.example/gateway:1}'

const cluster = clusterEnvironment({
  kubeconfig: '/no/such/file',
  namespace: 't',
  attach: false,
  resources: NO_RESOURCES,
})

describe('a gateway of the user’s own is never replaced by another', () => {
  test.each<[Environment, string, string, string]>([
    [simulated, COMMAND, 'gateway.command', 'it needs the sandbox'],
    [simulated, IMAGE, 'gateway.image', 'it needs k3s or cluster'],
    [sandbox, IMAGE, 'gateway.image', 'it needs k3s or cluster'],
    [k3s, COMMAND, 'gateway.command', 'it needs the sandbox'],
    [cluster, COMMAND, 'gateway.command', 'it needs the sandbox'],
  ])('$name cannot show gateway: %s', async (environment, gateway, what, because) => {
    const text = [
      'scenario: Another gateway',
      `chain: {from: chains/flowmaster, gateway: ${gateway}}`,
      'steps: [{request: GET /, expect: {status: 200}}]',
    ]
    const source = new Source(path.join(ROOT, 'own.yaml'), text.join('\n'))
    const { scenario, diagnostics } = parseScenario(source, { root: ROOT })
    expect(diagnostics).toEqual([])
    if (scenario === null) return
    const { verdict, runs } = await runScenario(scenario, environment, { seed: 1 })
    expect(verdict).toBe('unsupported')
    expect(runs[0]?.problem).toMatchObject({
      message: `${what}: ${because}`,
      span: { file: source.file, line: 2, column: 34 },
    })
    await environment[Symbol.asyncDispose]()
  })
})
