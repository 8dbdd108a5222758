import { once } from 'node:events'
import { Agent, createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Worker } from 'node:worker_threads'
import Koa from 'koa'
import { AGENT_OPTIONS, createGateway } from './app.ts'
import { parseGatewayConfig } from './config.ts'
import { proxies } from './koa-proxies.ts'
import { openLog } from './log-line.ts'
import { matchRoute } from './match-route.ts'
import { buildRouteTable, type Route } from './route-table.ts'

/** What the gateway costs over koa-proxies alone. */
export interface GatewayOverhead {
  /** Requests a second: medians over all pairs. */
  readonly barePerSecond: number
  readonly gatewayPerSecond: number
  /** The median over the pairs of one run each of how much slower the gateway was, in %; below 0 where it was faster. */
  readonly overheadPercent: number
}

/** What matching costs, and how it grows with the table. */
export interface RouteMatchCost {
  readonly nsWith10: number
  readonly nsWith10000: number
  /** How many times the cost of 10 routes 10,000 have: the median over the pairs. */
  readonly ratio: number
}

const PAIRS = 25
const REQUESTS = 1_200
const CONNECTIONS = 16

/**
 * Measures the gateway, its access log included, beside the same koa-proxies call in an app that has nothing else: same
 * process, same backend, same agent settings, keep-alive on. The two take turns, and go first in turn.
 */
export async function benchGatewayOverhead(): Promise<GatewayOverhead> {
  const peer = new Worker(new URL('./bench-peer.ts', import.meta.url))
  const [backendPort] = await once(peer, 'message')
  const bare = await listen(bareServer(backendPort))
  const gateway = await listen(gatewayServer(backendPort))
  const perSecond = async (port: number): Promise<number> => {
    peer.postMessage({ port, requests: REQUESTS, connections: CONNECTIONS })
    const [elapsedMs] = await once(peer, 'message')
    return (REQUESTS / elapsedMs) * 1000
  }
  for (const { port } of [bare, gateway, bare, gateway]) await perSecond(port)
  const pairs = await inTurn(
    () => perSecond(bare.port),
    () => perSecond(gateway.port),
  )
  for (const { server } of [bare, gateway]) server.close()
  await peer.terminate()
  return {
    barePerSecond: Math.round(median(pairs.map(([one]) => one))),
    gatewayPerSecond: Math.round(median(pairs.map(([, other]) => other))),
    overheadPercent: rounded(median(pairs.map(([one, other]) => (1 - other / one) * 100))),
  }
}

function bareServer(backendPort: number): Server {
  const agent = new Agent(AGENT_OPTIONS)
  const target = `http://127.0.0.1:${backendPort}`
  const app = new Koa()
  app.use(proxies('/', { target, agent, rewrite: (path) => path.replace('/v1/process-design', '/api/v1/processes') }))
  return createServer(app.callback())
}

function gatewayServer(backendPort: number): Server {
  const text = `- {path: /v1/process-design/*, target: "127.0.0.1:${backendPort}", rewrite: /api/v1/processes/$1}`
  const result = parseGatewayConfig({ routes: { file: 'routes.yaml', text }, middleware: null, auth: null })
  if (!result.ok) throw new TypeError('the config of the benchmark is wrong')
  const log = openLog('/dev/null')
  return createGateway({ config: result.config, onAccess: log.request }).server
}

async function listen(server: Server): Promise<{ server: Server; port: number }> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address: AddressInfo | string | null = server.address()
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

const MATCHES = 100_000

/** Measures matching among 10 and among 10,000 routes: paths of routes all over the table, some of none. */
export async function benchRouteMatch(): Promise<RouteMatchCost> {
  const [few, many] = [matcher(10), matcher(10_000)]
  for (const run of [few, many]) run()
  const pairs = await inTurn(few, many)
  return {
    nsWith10: Math.round(median(pairs.map(([one]) => one))),
    nsWith10000: Math.round(median(pairs.map(([, other]) => other))),
    ratio: rounded(median(pairs.map(([one, other]) => other / one))),
  }
}

/** Matches many paths, and gives what one match took, in ns. */
function matcher(count: number): () => number {
  const place = { file: 'routes.yaml', line: 1, column: 1, length: 1 }
  const routes: Route[] = Array.from({ length: count }, (_, at) => ({
    path: `/v1/service-${at}/*`,
    target: { host: 'backend', port: 9000 },
    rewrite: `/api/v1/resource-${at}/$1`,
    place,
    places: { target: place, rewrite: place, timeout: null, scopes: [] },
  }))
  const table = buildRouteTable(routes)
  const paths = Array.from({ length: 64 }, (_, at) => {
    const route = Math.floor((at * count) / 60)
    return at % 2 === 0 ? `/api/v1/service-${route}/items/7` : `/api/v1/resource-${route}/items/7`
  })
  return () => {
    const startedMs = performance.now()
    for (let at = 0; at < MATCHES; at++) matchRoute(table, paths[at % paths.length] ?? '')
    return ((performance.now() - startedMs) * 1e6) / MATCHES
  }
}

type Measure = () => number | Promise<number>

/** Takes two measures so many times, the other first every second time, so that neither has the better part of the run. */
async function inTurn(one: Measure, other: Measure): Promise<[number, number][]> {
  const pairs: [number, number][] = []
  for (let pair = 0; pair < PAIRS; pair++) {
    if (pair % 2 === 0) {
      pairs.push([await one(), await other()])
    } else {
      const second = await other()
      pairs.push([await one(), second])
    }
  }
  return pairs
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
