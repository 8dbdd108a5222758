import { GATEWAY_SERVICE } from '../chain/chain.ts'
import type { Exchange, Rule } from '../chain/trace.ts'
import type { Blame } from './blame.ts'

/** Blames the hop of an exchange, by its deciding rule unless another is given. */
export function accuse(exchange: Exchange, because: string, rule: Rule | null = exchange.rule): Blame {
  return { hop: exchange.hop, service: exchange.service, rule, because }
}

/** Blames a Service that a request did not even reach; the line that declares it stands for it. */
export function accuseService(name: string, because: string): Blame {
  return { hop: name === GATEWAY_SERVICE ? 'gateway' : 'backend', service: name, rule: null, because }
}

/** Blames the gateway for having no route, with the one that came nearest. */
export function noRoute(exchange: Exchange): Blame {
  const [nearest] = exchange.nearMisses
  const path = exchange.received.target.split('?', 1)[0]
  const near = nearest === undefined ? '' : `; the nearest is ${nearest.rule.text}: ${nearest.because}`
  return accuse(exchange, `no route of the gateway matches ${path}${near}`, nearest?.rule ?? null)
}

/** The reasons that the trace gives for what a line did, in order. */
export function reasonsOn({ reasons }: Exchange, rule: Rule | null): string[] {
  const place = rule?.span ?? null
  if (place === null) return []
  return reasons.flatMap(({ text, span }) =>
    span?.file === place.file && span.line === place.line && span.column === place.column ? [text] : [],
  )
}
