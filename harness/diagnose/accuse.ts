import { GATEWAY_SERVICE } from '../chain/chain.ts'
import type { ServiceKey } from '../chain/service.ts'
import { nearMissText, reasonText } from '../trace/reason-text.ts'
import type { Exchange, HopName, Pass, Rule } from '../trace/trace.ts'
import type { Blame } from './blame-case.ts'
import type { Scene, Sender } from './scene.ts'

/** Blames the hop of an exchange by a line of its configuration. */
export function accuseHop({ hop, service }: Exchange, because: string, rule: Rule | null): Blame {
  return { hop, service, rule, because, remedy: null }
}

/** The same blame, with what to change. */
export function advise(blame: Blame, remedy: string | null): Blame {
  return remedy === null ? blame : { ...blame, remedy }
}

/** Blames a hop that sends on, by the line that decided its pass unless another is given. */
export function accuse({ exchange, pass }: Sender, because: string, rule: Rule | null = pass.decidedBy.whole): Blame {
  return accuseHop(exchange, because, rule)
}

/** Blames a Service, by the step that broke it, or the line of a key of it, or the line that declares it. */
export function accuseService(scene: Scene, name: string, because: string, key: ServiceKey = 'answers'): Blame {
  return { hop: hopOf(name), service: name, rule: scene.lineOfService(name, key), because, remedy: null }
}

function hopOf(service: string): HopName {
  return service === GATEWAY_SERVICE ? 'gateway' : 'backend'
}

/** Blames the gateway for having no route, with the one that came nearest. */
export function noRoute(gateway: Sender): Blame {
  const [nearest] = gateway.pass.nearMisses
  const path = gateway.exchange.received.target.split('?', 1)[0]
  const near = nearest === undefined ? '' : `; the nearest is ${nearest.rule.text}: ${nearMissText(nearest.because)}`
  return accuse(gateway, `no route of the gateway matches ${path}${near}`, nearest?.rule ?? null)
}

/** The reasons that the trace gives for what a line did, in order. */
export function reasonsOn({ reasons }: Pick<Pass, 'reasons'>, rule: Rule | null): string[] {
  const place = rule?.span ?? null
  if (place === null) return []
  return reasons.flatMap((reason) => {
    const { span } = reason
    const isThere = span?.file === place.file && span.line === place.line && span.column === place.column
    return isThere ? [reasonText(reason)] : []
  })
}

/** The `proxy_set_header` that has the say in a request header; null where it is nginx's default. */
export function lineOf({ decidedBy }: Pass, name: string): (Rule & { readonly drops: boolean }) | null {
  const line = decidedBy.headers.find((one) => one.name === name.toLowerCase())
  return line === undefined ? null : { text: line.text, span: line.span, drops: line.drops }
}
