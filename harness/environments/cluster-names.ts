import { isIP, isIPv4 } from 'node:net'
import { ClusterDns } from '../chain/cluster-dns.ts'
import type { ServiceState } from '../chain/service.ts'
import type { Destination } from '../trace/trace.ts'

/** The names of a cluster whose Services are as given. */
export function dnsOf(states: readonly ServiceState[], namespace: string): ClusterDns {
  return new ClusterDns((service) => states.find(({ name }) => name === service)?.clusterIP ?? null, namespace)
}

/** The Service that has a ClusterIP; null where none has. */
export function serviceAt(states: readonly ServiceState[], address: string): string | null {
  return states.find(({ clusterIP }) => clusterIP === address)?.name ?? null
}

/** Where a host and port lead a pod now: a name by its resolver, an address as it is. */
export function destinationOf(
  dns: ClusterDns,
  states: readonly ServiceState[],
  host: string,
  port: number,
): Destination {
  const found = isIP(host) === 0 ? dns.lookUpInPod(host) : [host]
  const address = found.find(isIPv4) ?? found[0] ?? null
  return { host, port, address, service: address === null ? null : serviceAt(states, address) }
}
