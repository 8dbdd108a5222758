import { isIPv4 } from 'node:net'
import { LOOPBACK, portOf } from '../chain/service.ts'
import { serviceName } from '../chain/services-schema.ts'
import type { Repository } from './read-repository.ts'
import type { Upstream } from './upstreams.ts'

/** What chain.config.yaml says of one Service. */
export interface PlannedService {
  on?: 'host'
  clusterIP?: string
  port?: number
  socket?: string
  morePorts?: { port: number; tls?: boolean }[]
  tls?: boolean
  websocket?: boolean
  speaks?: Upstream['speaks']
}

/** The Services of a chain, and the names that lead to them. */
export interface PlannedServices {
  readonly services: Readonly<Record<string, PlannedService>>
  readonly names: Readonly<Record<string, string>>
  /** Who knows the names: null where nginx has addresses alone. */
  readonly dns: 'docker' | 'cluster' | null
  readonly usesManifests: boolean
  readonly notes: readonly string[]
}

/** A Service for each upstream: one of the manifests where it is there, else one made of what nginx's file says. */
export function planServices(
  upstreams: readonly Upstream[],
  { services: known, compose, manifests }: Pick<Repository, 'services' | 'compose' | 'manifests'>,
): PlannedServices {
  const services = new Map<string, PlannedService>()
  const names = new Map<string, string>()
  const notes: string[] = []
  let hasNames = false
  let usesManifests = false
  for (const upstream of upstreams) {
    const { host, port, socket, tls, websocket, speaks } = upstream
    const extra: PlannedService = { ...(websocket && { websocket }), ...(speaks !== 'http' && { speaks }) }
    if (socket !== null) services.set(free(nameFrom(socket), services), { on: 'host', socket, ...extra })
    else if (host === 'localhost' || LOOPBACK.test(host) || host === '[::1]')
      services.set(`local-${port}`, { on: 'host', port, ...(tls && { tls }), ...extra })
    else {
      const there = known.find((one) => (isIPv4(host) ? one.clusterIP === host : nameIn(host) === one.name))
      if (!isIPv4(host)) hasNames = true
      if (there === undefined) {
        const name = isIPv4(host) ? `address-${host.replaceAll('.', '-')}` : nameFrom(host)
        const before = services.get(name)
        if (before === undefined)
          services.set(name, { ...(isIPv4(host) && { clusterIP: host }), port, ...(tls && { tls }), ...extra })
        else addPort(before, port, tls, extra)
        if (!isIPv4(host) && name !== host) names.set(host, name)
        continue
      }
      usesManifests = true
      if (portOf(there, port) === null)
        notes.push(`nginx sends to port ${port} of ${there.name}, and Service ${there.name} has no such port.`)
      if (tls || websocket || speaks !== 'http')
        services.set(there.name, { ...services.get(there.name), ...(tls && { tls }), ...extra })
      if (host.includes('.') && !isIPv4(host)) names.set(host, there.name)
    }
  }
  // A name of compose is Docker's to find. What is in manifests is found by cluster DNS.
  const isDocker = !usesManifests && (compose.length > 0 || manifests.length === 0)
  return {
    services: Object.fromEntries(services),
    names: Object.fromEntries(names),
    dns: hasNames ? (isDocker ? 'docker' : 'cluster') : null,
    usesManifests,
    notes,
  }
}

function addPort(service: PlannedService, port: number, tls: boolean, extra: PlannedService): void {
  Object.assign(service, extra)
  if (service.port === port || service.morePorts?.some((one) => one.port === port)) return
  service.morePorts = [...(service.morePorts ?? []), { port, ...(tls && { tls }) }]
}

/** The Service that a name of Kubernetes means: `web`, `web.shop`, `web.shop.svc.cluster.local`. */
function nameIn(host: string): string {
  const [name = '', , svc = 'svc'] = host.split('.')
  return svc === 'svc' ? name : host
}

/** A name as a Service may have it: `my_app` is my-app, `api.example.com` is api-example-com. The gateway's is taken. */
function nameFrom(host: string): string {
  const plain = host
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 50)
    .replace(/-+$/, '')
  const name = serviceName.safeParse(plain).success ? plain : 'upstream'
  return name === 'api-gateway' ? 'api-gateway-pods' : name
}

function free(name: string, taken: ReadonlyMap<string, unknown>): string {
  for (let at = 1; ; at++) {
    const tried = at === 1 ? name : `${name}-${at}`
    if (!taken.has(tried)) return tried
  }
}
