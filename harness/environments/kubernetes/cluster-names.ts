import type { ServiceState } from '../../chain/service.ts'
import type { Destination } from '../../chain/trace.ts'

/** The ClusterIP that cluster DNS gives a pod of the namespace for a name, short or full; null where it knows none. */
export function resolveName(states: readonly ServiceState[], namespace: string, host: string): string | null {
  const [name = '', ...rest] = host.toLowerCase().replace(/\.$/, '').split('.')
  const isOurs = rest.length === 0 || `${rest.join('.')}.`.startsWith(`${namespace}.`)
  const isName = isOurs && ['', 'svc', 'svc.cluster.local'].includes(rest.slice(1).join('.'))
  return isName ? (states.find((state) => state.name === name)?.clusterIP ?? null) : null
}

/** The Service that has a ClusterIP; null where none has. */
export function serviceAt(states: readonly ServiceState[], address: string): string | null {
  return states.find(({ clusterIP }) => clusterIP === address)?.name ?? null
}

/** Where a host and port lead now: a name by cluster DNS, an address as it is. */
export function destinationOf(
  states: readonly ServiceState[],
  namespace: string,
  host: string,
  port: number,
): Destination {
  const address = /^[\d.]+$/.test(host) ? host : resolveName(states, namespace, host)
  return { host, port, address, service: address === null ? null : serviceAt(states, address) }
}
