import type { HopsExpectation } from '../scenario/scenario.ts'
import { exchangeAt, leadingTo, nginxPassTo } from '../trace/reading.ts'
import type { Exchange, HopName, Trace } from '../trace/trace.ts'

/** A pass of an exchange: what the expectations on a hop are about. */
export interface AskedPass {
  readonly exchange: Exchange
  /** Its index in `exchange.passes`; 0 at a backend, which has none. */
  readonly pass: number
}

/** What a step asks about at each hop; undefined where the request did not come there. */
export type Asked = Readonly<Record<HopName, AskedPass | undefined>>

/** How many subrequests nginx made. */
export function subrequestsIn(trace: Trace): number {
  return Math.max(0, ...(exchangeAt(trace, 'nginx')?.passes ?? []).map(({ subrequest }) => subrequest ?? 0))
}

/**
 * Finds what the expectations of a step are about, among the passes of the client's request, or of one subrequest. nginx may take a request through several passes, and reach several
 * gateways and backends:
 * - the backend is the one that the step names, else the first that was reached; behind the gateway where the step expects one
 * - the gateway is the one that led to that backend, else the first that was reached
 * - nginx's pass is the one that the step names (`pass`); else the one that led to the gateway or the backend that the step
 *   expects; else the first that sent the request on; else the first
 */
export function askedBy(
  { nginx, gateway, backend }: HopsExpectation,
  trace: Trace,
  subrequest: number | null = null,
): Asked {
  const entered = exchangeAt(trace, 'nginx')
  const own = (entered?.passes ?? []).flatMap((pass, index) => (pass.subrequest === subrequest ? index : []))
  const named = nginx && namedPass(nginx.pass?.value ?? null, own)
  const inPass = (exchange: Exchange): boolean => {
    const pass = nginxPassTo(trace, exchange)
    return pass === undefined || (named === null ? own.includes(pass) : pass === named)
  }
  const gateways = trace.exchanges.filter((one) => one.hop === 'gateway' && inPass(one))
  const backends = trace.exchanges.filter((one) => one.hop === 'backend' && inPass(one))
  const wanted = backends.filter(({ service }) => service === (backend?.service?.value ?? service))
  const behind = wanted.filter((one) => leadingTo(trace, one)?.exchange.hop === 'gateway')
  const theBackend = lastOfFirstPass(trace, gateway?.reached && behind.length > 0 ? behind : wanted) ?? backends[0]
  const before = theBackend && leadingTo(trace, theBackend)?.exchange
  const theGateway = before?.hop === 'gateway' && backend?.reached ? before : lastOfFirstPass(trace, gateways)
  const asked = (gateway?.reached ? theGateway : undefined) ?? (backend?.reached ? theBackend : undefined)
  return {
    nginx: entered && {
      exchange: entered,
      pass: named ?? (asked && nginxPassTo(trace, asked)) ?? firstSent(entered, own),
    },
    gateway: theGateway && { exchange: theGateway, pass: 0 },
    backend: theBackend && { exchange: theBackend, pass: 0 },
  }
}

/** Of several tries of one pass the last one counts: it gave the answer. */
function lastOfFirstPass(trace: Trace, exchanges: readonly Exchange[]): Exchange | undefined {
  const [first] = exchanges
  return first && exchanges.findLast((one) => nginxPassTo(trace, one) === nginxPassTo(trace, first))
}

/** The index of a pass that is counted from 1 among those asked about. One that there is not is no pass at all. */
function namedPass(pass: number | 'last' | null, own: readonly number[]): number | null {
  if (pass === null) return null
  return (pass === 'last' ? own.at(-1) : own[pass - 1]) ?? -1
}

function firstSent({ passes }: Exchange, own: readonly number[]): number {
  return own.find((index) => (passes[index]?.tries.length ?? 0) > 0) ?? own[0] ?? 0
}
