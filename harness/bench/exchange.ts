import path from 'node:path'
import { createGateway } from '../../gateway/app.ts'
import { createStubServer } from '../backends/stub-server.ts'
import { type Chain, GATEWAY_SERVICE } from '../chain/chain.ts'
import { loadChain } from '../chain/load-chain.ts'
import { Source } from '../diagnostics/source.ts'
import { exchangeOver } from '../environments/http-exchange.ts'
import { loadGatewayConfig } from '../environments/load-gateway-config.ts'
import { simulated } from '../environments/simulated/simulated.ts'
import { VirtualNetwork } from '../environments/simulated/virtual-network.ts'
import { VirtualCluster } from '../environments/virtual-cluster.ts'
import { runScenario } from '../runner/run-scenario.ts'
import { parseScenario } from '../scenario/load-scenario.ts'
import { median } from './whole-process.ts'

const SCENARIOS = path.join(import.meta.dirname, '../../scenarios')
const ROUNDS = 9
const EXCHANGES = 300

/** What an exchange costs bare, and what it costs with everything that the harness does for it. */
export interface ExchangeCost {
  readonly bareMs: number
  readonly harnessMs: number
  /** The median over the rounds; in each the two ran one after the other. */
  readonly ratio: number
}

/**
 * Measures one exchange of the gateway app with its MSW stub, called in process, and beside it the same exchange as a
 * step of a scenario: through the nginx model, traced at every hop and judged.
 */
export async function benchExchange(): Promise<ExchangeCost> {
  const chain = flowmaster()
  const rounds: { bareMs: number; harnessMs: number }[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const bareMs = await timeBare(chain)
    const harnessMs = await timeHarness()
    // The first round only warms up.
    if (round > 0) rounds.push({ bareMs, harnessMs })
  }
  return {
    bareMs: median(rounds.map(({ bareMs }) => bareMs)),
    harnessMs: median(rounds.map(({ harnessMs }) => harnessMs)),
    ratio: median(rounds.map(({ bareMs, harnessMs }) => harnessMs / bareMs)),
  }
}

async function timeBare(chain: Chain): Promise<number> {
  const cluster = new VirtualCluster(chain, 1)
  const scheduling = createStubServer({
    tls: null,
    service: cluster.service('scheduling'),
    onRecord: () => undefined,
    wait: async () => undefined,
  })
  const network: VirtualNetwork = new VirtualNetwork(cluster, (service) =>
    service === GATEWAY_SERVICE ? gateway.server : scheduling.server,
  )
  const gateway = createGateway({
    config: loadGatewayConfig(chain.gatewayConfig),
    agent: network.agent('10.42.0.9', () => undefined),
    onAccess: () => undefined,
  })
  const startedMs = performance.now()
  for (let n = 0; n < EXCHANGES; n++) {
    await exchangeOver(network.connectTo(GATEWAY_SERVICE, '127.0.0.1'), {
      method: 'GET',
      target: `/api/v1/scheduling/jobs/${n}`,
      httpVersion: '1.1',
      headers: [['Host', 'localhost']],
      body: '',
    })
  }
  const perExchangeMs = (performance.now() - startedMs) / EXCHANGES
  network.disconnectAll()
  await gateway.close()
  return perExchangeMs
}

async function timeHarness(): Promise<number> {
  const steps = Array.from(
    { length: EXCHANGES },
    (_, n) => `  - request: GET /api/v1/scheduling/jobs/${n}
    expect: {status: 200, nginx: {location: /api/}, gateway: {route: /v1/scheduling/*}, backend: {service: scheduling}}`,
  )
  const text = `scenario: Bench\nchain: chains/flowmaster\nsteps:\n${steps.join('\n')}\n`
  const { scenario } = parseScenario(new Source(path.join(SCENARIOS, 'bench.yaml'), text), { root: SCENARIOS })
  if (scenario === null) throw new Error('The generated scenario is not valid.')
  const startedMs = performance.now()
  const { verdict } = await runScenario(scenario, simulated, { seed: 1 })
  if (verdict !== 'pass') throw new Error(`The generated scenario ended with ${verdict}.`)
  return (performance.now() - startedMs) / EXCHANGES
}

function flowmaster(): Chain {
  const dir = path.join(SCENARIOS, 'chains/flowmaster')
  const { chain } = loadChain(dir, dir)
  if (chain === null) throw new Error(`Failed to load the chain in "${dir}".`)
  return chain
}
