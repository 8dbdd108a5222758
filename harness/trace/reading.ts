import type { Exchange, HopName, Pass, Trace, Try } from './trace.ts'

/** The first exchange at a hop; undefined where the request never came there. */
export function exchangeAt(trace: Trace, hop: HopName): Exchange | undefined {
  return trace.exchanges.find((exchange) => exchange.hop === hop)
}

/** Every try of an exchange, pass by pass. */
export function triesOf({ passes }: Pick<Exchange, 'passes'>): readonly Try[] {
  return passes.flatMap(({ tries }) => tries)
}

/** The pass that made the answer; undefined at a backend, which has none. No subrequest does. */
export function lastPass({ passes }: Pick<Exchange, 'passes'>): Pass | undefined {
  return passes.findLast(({ subrequest }) => subrequest === null)
}

/** The pass that the same request went on with after this one; undefined where there is none. */
export function passAfter({ passes }: Pick<Exchange, 'passes'>, index: number): Pass | undefined {
  return passes.slice(index + 1).find(({ subrequest }) => subrequest === passes[index]?.subrequest)
}

/** The pass that led to an exchange, with its own exchange; undefined where the client itself came there. */
export function leadingTo(trace: Trace, { reachedBy }: Exchange): { exchange: Exchange; pass: number } | undefined {
  const exchange = reachedBy === null ? undefined : trace.exchanges[reachedBy.exchange]
  return exchange === undefined || reachedBy === null ? undefined : { exchange, pass: reachedBy.pass }
}

/** Which of nginx's passes an exchange stems from, through the gateway or not; undefined where it stems from none. */
export function nginxPassTo(trace: Trace, to: Exchange): number | undefined {
  const led = leadingTo(trace, to)
  if (led === undefined) return undefined
  return led.exchange.hop === 'nginx' ? led.pass : nginxPassTo(trace, led.exchange)
}

/** The exchange that a try led to; undefined where it reached nobody. */
export function reachedBy(trace: Trace, from: Exchange, pass: number, tryIndex: number): Exchange | undefined {
  const exchange = trace.exchanges.indexOf(from)
  return trace.exchanges.find(
    ({ reachedBy: by }) => by !== null && by.exchange === exchange && by.pass === pass && by.try === tryIndex,
  )
}

/** How many requests reached a gateway that took them by the rewritten form of a route, which no route's path takes. */
export function requestsCarriedByForm({ exchanges }: Trace): number {
  return exchanges.filter(({ passes }) =>
    passes.some(({ reasons }) => reasons.some(({ kind }) => kind === 'carried-by-rewritten-form')),
  ).length
}
