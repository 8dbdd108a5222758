import { checkShape } from '../diagnostics/check-shape.ts'
import type { Place } from '../diagnostics/place.ts'
import type { Problems } from '../diagnostics/problems.ts'
import { readYaml } from '../diagnostics/read-yaml.ts'
import type { Source } from '../diagnostics/source.ts'
import type { Span } from '../diagnostics/span.ts'
import { GATEWAY_SERVICE } from './chain.ts'
import { NAMESPACE } from './cluster-dns.ts'
import { type ManifestServices, servicesOfManifests } from './manifest-services.ts'
import { isManifest } from './manifests.ts'
import { bytesFromText, type Header, headerValue } from './message.ts'
import {
  portsOf,
  SERVICE_KEYS,
  type Service,
  type ServiceKey,
  type ServicePort,
  type ServiceTls,
  type StubAnswer,
} from './service.ts'
import { type ServiceChanges, servicesFile, toHttpVersion } from './services-schema.ts'

const CODES = { unknownKey: 'E_SERVICES_UNKNOWN_KEY', missingKey: 'E_SERVICES_MISSING_KEY', type: 'E_SERVICES_TYPE' }

/**
 * Reads services.yaml, or what kubectl, Helm or kustomize print in its place; null where anything in it is wrong, which `problems`
 * then says.
 */
export function loadServices(source: Source, problems: Problems): ManifestServices | null {
  const before = problems.list.length
  if (!isManifest(source.text)) {
    const services = readServices(source, problems)
    return services === null ? null : { services, leftOut: [] }
  }
  const found = servicesOfManifests([source], problems)
  return problems.list.length > before ? null : found
}

/** Reads services.yaml; null where anything in it is wrong, which `problems` then says. */
export function readServices(source: Source, problems: Problems): readonly Service[] | null {
  const file = readYaml(source, problems)
  if (file === null) return null
  const shape = checkShape(servicesFile, file.value, file.place, CODES, problems)
  if (shape === null) return null
  const written = shape.value.services
  const places = written.map((_, index) => file.place.at('services', index))
  const services = written.map((service, index) => {
    const place = places[index] ?? file.place
    return toService(service, place.at('name').span, keysAt(place))
  })
  return checkServices(services, places, source, problems) ? services : null
}

/** Where the keys of a Service stand in its mapping. */
export function keysAt(place: Place): Service['keys'] {
  return Object.fromEntries(SERVICE_KEYS.flatMap((key) => (place.has([key]) ? [[key, place.at(key).keySpan]] : [])))
}

/** A Service as written, with what services.yaml leaves out filled in. */
export function toService(written: ServiceChanges & { name: string }, span: Span, keys: Service['keys']): Service {
  const { port = 0 } = written
  return {
    name: written.name,
    on: written.on ?? 'cluster',
    clusterIP: written.clusterIP ?? null,
    port,
    socket: written.socket ?? null,
    targetPort: written.targetPort ?? port,
    listens: written.listens ?? port,
    morePorts: toPorts(written.morePorts ?? [], written.name),
    replicas: written.replicas ?? 1,
    tls: toTls(written.tls, written.name),
    stub: {
      serves: written.serves ?? null,
      answers: (written.answers ?? []).map(toAnswer),
      websocket: written.websocket ?? false,
      speaks: written.speaks ?? 'http',
    },
    span,
    keys,
  }
}

/** A Service with some of it replaced. */
export function changeService(service: Service, changes: ServiceChanges, span: Span, keys: Service['keys']): Service {
  return {
    name: service.name,
    on: changes.on ?? service.on,
    clusterIP: changes.clusterIP ?? service.clusterIP,
    ...changePorts(service, changes),
    socket: changes.socket ?? service.socket,
    morePorts: changes.morePorts === undefined ? service.morePorts : toPorts(changes.morePorts, service.name),
    replicas: changes.replicas ?? service.replicas,
    tls: changes.tls === undefined ? service.tls : toTls(changes.tls, service.name),
    stub: {
      serves: changes.serves ?? service.stub.serves,
      answers: changes.answers?.map(toAnswer) ?? service.stub.answers,
      websocket: changes.websocket ?? service.stub.websocket,
      speaks: changes.speaks ?? service.stub.speaks,
    },
    span,
    keys: { ...service.keys, ...keys },
  }
}

/** Ports that were left out go with the Service's own. */
function changePorts(service: Service, { port = service.port, targetPort, listens }: ServiceChanges) {
  const follow = (before: number): number => (before === service.port ? port : before)
  return {
    port,
    targetPort: targetPort ?? follow(service.targetPort),
    listens: listens ?? follow(service.listens),
  }
}

function toPorts(written: NonNullable<ServiceChanges['morePorts']>, name: string): ServicePort[] {
  return written.map(({ port, targetPort = port, listens = port, tls }) => ({
    port,
    targetPort,
    listens,
    tls: toTls(tls, name),
  }))
}

function toTls(written: ServiceChanges['tls'] = false, name: string): ServiceTls | null {
  if (written === false) return null
  const { names, certificate = 'trusted', needsServerName = false } = written === true ? {} : written
  return { names: names ?? namesInDns(name), certificate, needsServerName }
}

/** The names by which a Service is called in its cluster. */
function namesInDns(name: string): string[] {
  return ['', `.${NAMESPACE}`, `.${NAMESPACE}.svc`, `.${NAMESPACE}.svc.cluster.local`].map((domain) => name + domain)
}

type WrittenAnswer = NonNullable<ServiceChanges['answers']>[number]

function toAnswer({ request, when = {}, status, headers = {}, body, json, trailers = {} }: WrittenAnswer): StubAnswer {
  const space = request.indexOf(' ')
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((line): Header => [name, bytesFromText(line)]),
  )
  return {
    method: space === -1 ? null : request.slice(0, space),
    target: request.slice(space + 1),
    when: {
      httpVersion: when.httpVersion === undefined ? null : toHttpVersion(when.httpVersion),
      headers: Object.entries(when.headers ?? {}).map(([name, value]) => [
        name,
        value === 'absent' ? null : bytesFromText(value),
      ]),
      params: Object.entries(when.params ?? {}).map(([name, value]) => [
        name,
        value === 'absent' ? null : bytesFromText(value),
      ]),
    },
    status: status ?? 200,
    headers:
      json === undefined || headerValue(lines, 'content-type') !== undefined
        ? lines
        : [...lines, ['content-type', 'application/json']],
    body: json === undefined ? (body ?? '') : JSON.stringify(json),
    trailers: Object.entries(trailers).map(([name, value]): Header => [name, bytesFromText(value)]),
  }
}

/** What a list of Services must be beyond its shape: no name and no ClusterIP twice. */
function checkServices(
  services: readonly Service[],
  places: readonly Place[],
  source: Source,
  problems: Problems,
): boolean {
  const before = problems.list.length
  const names = new Set<string>()
  const owners = new Map<string, string>()
  services.forEach(({ name, clusterIP }, index) => {
    const service = services[index]
    const place = places[index]
    if (place === undefined) return
    if (service !== undefined) checkService(service, place, source, problems)
    if (names.has(name)) {
      problems.add(source, place.at('name').span, 'E_SERVICES_DUPLICATE', `a Service called "${name}" is already there`)
    }
    names.add(name)
    const owner = clusterIP === null ? undefined : owners.get(clusterIP)
    if (owner !== undefined) {
      const message = `ClusterIP ${clusterIP} already belongs to "${owner}"`
      problems.add(source, place.at('clusterIP').span, 'E_SERVICES_DUPLICATE', message)
    }
    if (clusterIP !== null && owner === undefined) owners.set(clusterIP, name)
  })
  return problems.list.length === before
}

/** What one Service must be beyond its shape. @param place the mapping that says so */
export function checkService(service: Service, place: Place, source: Source, problems: Problems): void {
  const wrong = (key: ServiceKey, what: string): void => {
    if (place.has([key])) problems.add(source, place.at(key).span, 'E_SERVICES_TYPE', `"${service.name}" ${what}`)
  }
  const { name, on, socket, tls, morePorts } = service
  const isGateway = name === GATEWAY_SERVICE
  const numbers = portsOf(service).map(({ port }) => port)
  const twice = numbers.find((port, at) => numbers.indexOf(port) !== at)
  if (twice !== undefined) wrong('morePorts', `has port ${twice} twice`)
  if (isGateway && morePorts.length > 0) wrong('morePorts', 'is the gateway, which has one port')
  if (socket !== null && morePorts.length > 0) wrong('morePorts', 'has a socket, and no port')
  if (on === 'host' && isGateway) wrong('on', 'on the host is the gateway, which runs in the cluster')
  else if (on === 'host' && (place.has(['clusterIP']) || place.has(['targetPort'])))
    wrong('on', 'on the host has no clusterIP and no targetPort')
  if (socket !== null && on !== 'host') wrong('socket', 'is no program on the host, and has no socket')
  if (socket !== null && place.has(['port'])) wrong('socket', 'has a socket, and no port')
  if (isGateway && tls !== null) wrong('tls', 'is the gateway, which speaks no TLS')
}
