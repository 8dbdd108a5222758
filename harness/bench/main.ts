import { readdirSync } from 'node:fs'
import path from 'node:path'
import { benchGatewayOverhead, benchRouteMatch } from '../../gateway/bench.ts'
import { soakGateway } from '../../gateway/soak.ts'
import { whyNoSandbox } from '../environments/sandbox/why-no-sandbox.ts'
import { benchExchange } from './exchange.ts'
import { benchNginx } from './nginx.ts'
import { generateSuite, generateTlsPair } from './suite.ts'
import { CHAIN_OPTIONS, checkChain, median, runChain, runNode, runNodeAloud } from './whole-process.ts'

/** One figure, what it should be at most, and what it was measured against. */
interface Figure {
  readonly what: string
  readonly measured: number
  readonly atMost: number
  readonly unit: string
  readonly beside: string
}

/**
 * What is measured, each in a process of its own: in one that has measured something else, memory and compiled code are as
 * that left them.
 */
const GROUPS: Readonly<Record<string, () => Figure[] | Promise<Figure[]>>> = {
  overhead: overheadFigures,
  exchange: exchangeFigures,
  nginx: nginxFigures,
  processes: processFigures,
  scenarios: scenarioFigures,
}

/** What takes minutes, or an engine, and is measured where it is asked for. */
const ON_REQUEST: typeof GROUPS = {
  gateway: async () => [...(await overheadFigures()), ...(await soakFigures())],
  k3s: k3sFigures,
}

const SCENARIOS = path.join(import.meta.dirname, '../../scenarios')
const SOAK_MS = 10 * 60_000

const group = { ...GROUPS, ...ON_REQUEST }[process.argv[2] ?? '']
if (group === undefined) {
  for (const name of Object.keys(GROUPS)) runNodeAloud([...CHAIN_OPTIONS, import.meta.filename, name])
} else {
  for (const figure of await group()) print(figure)
}

function print({ what, measured, atMost, unit, beside }: Figure): void {
  const verdict = measured <= atMost ? 'ok  ' : 'OVER'
  process.stdout.write(`${verdict} ${what}: ${round(measured)}${unit} (at most ${atMost}${unit}; ${beside})\n`)
}

async function overheadFigures(): Promise<Figure[]> {
  const overhead = await benchGatewayOverhead()
  const match = await benchRouteMatch()
  return [
    {
      what: 'gateway over bare koa-proxies',
      measured: overhead.overheadPercent,
      atMost: 8,
      unit: ' %',
      beside: `${round(overhead.gatewayPerSecond)} against ${round(overhead.barePerSecond)} requests/s`,
    },
    {
      what: 'matching among 10,000 routes over 10',
      measured: match.ratio,
      atMost: 2,
      unit: ' x',
      beside: `${round(match.nsWith10000)} against ${round(match.nsWith10)} ns`,
    },
  ]
}

async function soakFigures(): Promise<Figure[]> {
  const soak = await soakGateway(SOAK_MS)
  const { requests, faults, unexpectedCount, unexpected, earlyMb, lateMb, descriptorsBefore, descriptorsAfter } = soak
  return [
    {
      what: 'memory of the soaked gateway in its last minute over its second',
      measured: lateMb / earlyMb,
      atMost: 1.2,
      unit: ' x',
      beside: `${round(lateMb)} against ${round(earlyMb)} MB, ${requests} requests of which ${faults} met a fault`,
    },
    {
      what: 'descriptors that it holds when it is at rest again',
      measured: descriptorsAfter - descriptorsBefore,
      atMost: 0,
      unit: '',
      beside: `${descriptorsAfter} against ${descriptorsBefore}`,
    },
    {
      what: 'unexpected answers in the soak',
      measured: unexpectedCount,
      atMost: 0,
      unit: '',
      beside: unexpected.join('; ') || 'none',
    },
  ]
}

async function exchangeFigures(): Promise<Figure[]> {
  const { ratio, bareMs, harnessMs } = await benchExchange()
  return [
    {
      what: 'exchange in the harness over the bare call',
      measured: ratio,
      atMost: 1.6,
      unit: ' x',
      beside: `${round(harnessMs)} against ${round(bareMs)} ms`,
    },
  ]
}

function nginxFigures(): Figure[] {
  const { perSecond, usAmong10, usAmong1000, ratio, parseMs } = benchNginx()
  return [
    {
      what: 'a decision of the nginx model for FlowMaster',
      measured: 1_000_000 / perSecond,
      atMost: 10,
      unit: ' us',
      beside: `${round(perSecond)} decisions a second of one core`,
    },
    {
      what: 'a decision among 1,000 locations over 10',
      measured: ratio,
      atMost: 2,
      unit: ' x',
      beside: `${round(usAmong1000)} against ${round(usAmong10)} us`,
    },
    {
      what: 'reading 1 MiB of site files',
      measured: parseMs,
      atMost: 150,
      unit: ' ms',
      beside: 'lexed, parsed and checked against the directive table',
    },
  ]
}

function processFigures(): Figure[] {
  using suite = generateSuite(1_000)
  const generated = path.join(suite.dir, 'generated')
  const idle = median(repeat(5, () => runNode(['-e', '0']).wallMs))
  const one = repeat(5, () => runChain([path.join(generated, '0.yaml')]))
  const thousand = repeat(3, () => runChain([generated]))
  const beside = `node -e 0 takes ${round(idle)} ms`
  const wallOf1000 = median(thousand.map(({ wallMs }) => wallMs))
  return [
    {
      what: 'one scenario, whole process',
      measured: median(one.map(({ wallMs }) => wallMs)),
      atMost: 600,
      unit: ' ms',
      beside,
    },
    { what: '1,000 scenarios of two requests', measured: wallOf1000, atMost: 3_000, unit: ' ms', beside },
    {
      what: 'peak memory of that',
      measured: median(thousand.map(({ peakMiB }) => peakMiB)),
      atMost: 300,
      unit: ' MiB',
      beside: `one scenario has ${round(median(one.map(({ peakMiB }) => peakMiB)))} MiB`,
    },
    growthFigure(),
  ]
}

/** Whole processes: forty scenarios of the repository, simulated and on the sandbox where this machine can have one, and a check of all. */
function scenarioFigures(): Figure[] {
  const idleMs = median(repeat(5, () => runNode(['-e', '0']).wallMs))
  const routing = path.join(SCENARIOS, 'routing')
  const forty = readdirSync(routing)
    .filter((name) => name.endsWith('.yaml'))
    .slice(0, 40)
    .map((name) => path.join(routing, name))
  const figure = (what: string, measure: () => { readonly wallMs: number }, atMost: number): Figure => {
    const measured = median(repeat(3, () => measure().wallMs))
    return { what, measured, atMost, unit: ' ms', beside: `${round(measured / idleMs)} times "node -e 0"` }
  }
  const sandbox = () => figure('40 scenarios on the sandbox', () => runChain(forty, 'sandbox'), 3_000)
  return [
    figure('40 scenarios, simulated', () => runChain(forty), 1_500),
    ...(whyNoSandbox() === null ? [sandbox(), tlsFigure()] : []),
    figure('chain check of every scenario of the repository', () => checkChain([SCENARIOS]), 1_500),
  ]
}

/** Pairs, one after the other, so that both see the same machine. */
function tlsFigure(): Figure {
  using suite = generateTlsPair()
  const pairs = repeat(7, () => [suite.http, suite.https].map((file) => runChain([file], 'sandbox').wallMs))
  const [httpMs = Number.NaN, httpsMs = Number.NaN] = [0, 1].map((at) => median(pairs.map((pair) => pair[at] ?? 0)))
  return {
    what: 'the first scenario over TLS on the sandbox, over the first without',
    measured: httpsMs - httpMs,
    atMost: 100,
    unit: ' ms',
    beside: `${round(httpsMs)} against ${round(httpMs)} ms, whole process`,
  }
}

/** Loads the clients of Docker and Kubernetes, which nothing else here needs. */
async function k3sFigures(): Promise<Figure[]> {
  const { benchCold, benchWarm } = await import('./k3s.ts')
  const { bareMs, imageLoadMs, firstVerdictMs } = await benchCold()
  const { unchangedMs, recreateMs, restartMs, suiteMs } = await benchWarm()
  const warm = (what: string, measured: number, atMost: number): Figure => ({
    what: `a warm scenario ${what}`,
    measured: measured / 1_000,
    atMost,
    unit: ' s',
    beside: 'median, with putting the cluster back',
  })
  return [
    {
      what: 'from nothing to the first verdict, without the image load, over the bare cluster',
      measured: (firstVerdictMs - imageLoadMs) / bareMs,
      atMost: 1.3,
      unit: ' x',
      beside: `${inSeconds(firstVerdictMs)}, of it ${inSeconds(imageLoadMs)} for the image, against ${inSeconds(bareMs)}`,
    },
    warm('that changes nothing', unchangedMs, 0.5),
    warm('with a recreate', recreateMs, 3),
    warm('with a gateway restart', restartMs, 8),
    {
      what: 'the whole suite on a warm cluster',
      measured: suiteMs / 1_000,
      atMost: 300,
      unit: ' s',
      beside: 'one world after the other',
    },
  ]
}

function inSeconds(ms: number): string {
  return `${round(ms / 1_000)} s`
}

/** Start-up is taken out by the difference: 100 more scenarios against 9,900 more. */
function growthFigure(): Figure {
  const wallMs = (count: number): number => {
    using suite = generateSuite(count)
    return runChain([path.join(suite.dir, 'generated')]).wallMs
  }
  const [hundred, thousand, tenThousand] = [wallMs(100), wallMs(1_000), wallMs(10_000)]
  const early = (thousand - hundred) / 900
  const late = (tenThousand - thousand) / 9_000
  return {
    what: 'cost of a scenario, from 1,000 to 10,000 over from 100 to 1,000',
    measured: late / early,
    atMost: 1.1,
    unit: ' x',
    beside: `${round(late)} against ${round(early)} ms`,
  }
}

function repeat<Value>(times: number, measure: () => Value): Value[] {
  return Array.from({ length: times }, measure)
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
