import type { OwnedPin, ServiceState } from '../chain/service.ts'

/** A pin whose Service has another ClusterIP now (`now`), or none at all (null). */
export interface StalePin {
  readonly pin: OwnedPin
  readonly service: string
  readonly now: string | null
}

/**
 * The pins that no longer equal the ClusterIP of the Service they were written for, in file order. A pin that never was
 * a Service's is no drift: it points out of the cluster.
 */
export function findDrift(pins: readonly OwnedPin[], services: readonly ServiceState[]): StalePin[] {
  const clusterIPs = new Map(services.map(({ name, clusterIP }) => [name, clusterIP]))
  return pins.flatMap((pin) => {
    if (pin.service === null) return []
    const now = clusterIPs.get(pin.service) ?? null
    return now === pin.address ? [] : [{ pin, service: pin.service, now }]
  })
}
