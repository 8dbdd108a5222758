import { isIPv4 } from 'node:net'
import { z } from 'zod'
import { checkShape } from '../diagnostics/check-shape.ts'
import type { Problems } from '../diagnostics/problems.ts'
import type { Source } from '../diagnostics/source.ts'
import type { Span } from '../diagnostics/span.ts'
import { GATEWAY_SERVICE, type LeftOutService } from './chain.ts'
import { type Manifest, readManifests, reportKinds } from './manifests.ts'
import type { Service, ServicePort } from './service.ts'
import { serviceName } from './services-schema.ts'

/** The Services of manifests, and those that a chain cannot have. */
export interface ManifestServices {
  readonly services: readonly Service[]
  readonly leftOut: readonly LeftOutService[]
}

const CODES = { unknownKey: 'E_SERVICES_UNKNOWN_KEY', missingKey: 'E_SERVICES_MISSING_KEY', type: 'E_SERVICES_TYPE' }

/** As many as services.yaml may say: one, and 20 in `morePorts`. */
const MAX_PORTS = 21

const portNumber = z.int().min(1).max(65535)

/** What counts of a Service, as the API of Kubernetes has it (core/v1, ServiceSpec). */
const serviceManifest = z.object({
  metadata: z.object({ name: serviceName }),
  spec: z
    .object({
      type: z.string().optional(),
      clusterIP: z.string().optional(),
      externalName: z.string().optional(),
      ports: z
        .array(
          z.object({
            port: portNumber,
            targetPort: z.union([portNumber, z.string()]).optional(),
            protocol: z.string().optional(),
          }),
        )
        .optional(),
    })
    .optional(),
})

type WrittenService = z.output<typeof serviceManifest>

/**
 * The Services of manifests: their ClusterIPs, ports and target ports. A port by name is taken for the port of the Service itself:
 * the pods that stand in for hers listen where the Service sends. What a chain has no word for is left out, each with its reason.
 */
export function servicesOfManifests(sources: readonly Source[], problems: Problems): ManifestServices {
  const services = new Map<string, { readonly service: Service; readonly namespace: string }>()
  const leftOut: LeftOutService[] = []
  for (const source of sources) {
    const objects = readManifests(source, problems)
    const found = objects.filter(({ kind }) => kind === 'Service')
    if (found.length === 0) reportKinds(source, objects, 'a Service', 'E_SERVICES_KIND', problems)
    for (const object of found) {
      const written = checkShape(serviceManifest, object.value, object.place, CODES, problems)?.value ?? null
      if (written === null) continue
      const { name } = written.metadata
      const { span } = object.place.at('metadata', 'name')
      const namespace = object.namespace ?? 'default'
      const other = services.get(name)
      const because = whyLeftOut(written) ?? (other === undefined ? null : sameName(other.namespace, namespace))
      const { clusterIP = '' } = written.spec ?? {}
      const owner = [...services.values()].find(({ service }) => service.clusterIP === clusterIP)
      if (because !== null) leftOut.push({ name, span, source, because })
      else if (owner !== undefined) {
        const at = object.place.at('spec', 'clusterIP').span
        const message = `ClusterIP ${clusterIP} already belongs to "${owner.service.name}"`
        problems.add(source, at, 'E_SERVICES_DUPLICATE', message)
      } else services.set(name, { service: toService(written, object), namespace })
    }
  }
  return { services: [...services.values()].map(({ service }) => service), leftOut }
}

/** Why a chain cannot have a Service; null where it can. */
function whyLeftOut({ metadata: { name }, spec = {} }: WrittenService): string | null {
  const { type, clusterIP = '', externalName = '' } = spec
  const ports = tcpPorts(spec)
  if (type === 'ExternalName') return `is of type ExternalName: its name leads to ${externalName}, and to no pod`
  if (clusterIP === 'None') return 'is headless (clusterIP: None): its name leads to its pods, and to no ClusterIP'
  if (clusterIP !== '' && !isIPv4(clusterIP)) return `has ClusterIP ${clusterIP}, which is no IPv4 address`
  if (ports.length === 0) return 'has no TCP port'
  if (ports.length > MAX_PORTS) return `has ${ports.length} ports; at most ${MAX_PORTS} are read`
  if (name === GATEWAY_SERVICE && ports.length > 1)
    return `is the gateway, and has ${ports.length} ports: a gateway has one`
  return null
}

function sameName(first: string, second: string): string {
  return first === second
    ? `is there twice in namespace ${first}: the first one counts`
    : `is in namespace ${second}, and another of that name in ${first}: a chain has one namespace`
}

function tcpPorts({ ports = [] }: NonNullable<WrittenService['spec']>) {
  return ports.filter(({ protocol = 'TCP' }) => protocol === 'TCP')
}

function toService({ metadata: { name }, spec = {} }: WrittenService, { place }: Manifest): Service {
  const [first, ...others] = tcpPorts(spec).map(({ port, targetPort }): ServicePort => {
    const target = typeof targetPort === 'number' ? targetPort : port
    return { port, targetPort: target, listens: target, tls: null }
  })
  const at = (key: string): Span => place.at('spec', key).keySpan
  const { clusterIP = '' } = spec
  return {
    name,
    on: 'cluster',
    clusterIP: clusterIP === '' ? null : clusterIP,
    ...(first ?? { port: 0, targetPort: 0, listens: 0, tls: null }),
    socket: null,
    morePorts: others,
    replicas: 1,
    stub: { serves: null, answers: [], websocket: false, speaks: 'http' },
    span: place.at('metadata', 'name').span,
    keys: { port: at('ports'), targetPort: at('ports'), ...(clusterIP === '' ? {} : { clusterIP: at('clusterIP') }) },
  }
}
