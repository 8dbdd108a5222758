import { type Chain, GATEWAY_SERVICE } from '../../chain/chain.ts'
import { portsOf } from '../../chain/service.ts'
import type { Gap } from '../environment.ts'

/** Ports below this one are root's (capabilities(7), CAP_NET_BIND_SERVICE). */
const FIRST_PORT = 1024

/** Stubs run in pods without root, and the Service's port need not be theirs. */
export function lowPortGaps({ services }: Chain): readonly Gap[] {
  return services
    .filter(({ name, on }) => name !== GATEWAY_SERVICE && on === 'cluster')
    .flatMap((service) => portsOf(service).map(({ listens }) => ({ ...service, listens })))
    .filter(({ listens }) => listens < FIRST_PORT)
    .map(({ name, listens, keys, span }) => ({
      what: `port ${listens}`,
      span: keys.listens ?? keys.port ?? span,
      because: `the pods of Service "${name}" run without root here, and cannot listen on it. Let them listen elsewhere: targetPort and listens`,
    }))
}
