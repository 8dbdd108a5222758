import { checkShape } from '../diagnostics/check-shape.ts'
import type { Place } from '../diagnostics/place.ts'
import type { Problems } from '../diagnostics/problems.ts'
import { readYaml } from '../diagnostics/read-yaml.ts'
import type { Source } from '../diagnostics/source.ts'
import type { Span } from '../diagnostics/span.ts'
import { GATEWAY_SERVICE } from './chain.ts'
import { NAMESPACE } from './cluster-dns.ts'
import { bytesFromText, type Header, headerValue } from './message.ts'
import { SERVICE_KEYS, type Service, type ServiceTls, type StubAnswer } from './service.ts'
import { type ServiceChanges, servicesFile, toHttpVersion } from './services-schema.ts'

const CODES = { unknownKey: 'E_SERVICES_UNKNOWN_KEY', missingKey: 'E_SERVICES_MISSING_KEY', type: 'E_SERVICES_TYPE' }

/** Reads services.yaml; null where anything in it is wrong, which `problems` then says. */
export function loadServices(source: Source, problems: Problems): readonly Service[] | null {
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
  return checkServices(services, places, file.place.at('services').keySpan, source, problems) ? services : null
}

/** Where the keys of a Service stand in its mapping. */
export function keysAt(place: Place): Service['keys'] {
  return Object.fromEntries(SERVICE_KEYS.flatMap((key) => (place.has([key]) ? [[key, place.at(key).keySpan]] : [])))
}

/** A Service as written, with what services.yaml leaves out filled in. */
export function toService(
  written: ServiceChanges & { name: string; port: number },
  span: Span,
  keys: Service['keys'],
): Service {
  return {
    name: written.name,
    on: written.on ?? 'cluster',
    clusterIP: written.clusterIP ?? null,
    port: written.port,
    targetPort: written.targetPort ?? written.port,
    listens: written.listens ?? written.port,
    replicas: written.replicas ?? 1,
    tls: toTls(written.tls, written.name),
    stub: {
      serves: written.serves ?? null,
      answers: (written.answers ?? []).map(toAnswer),
      websocket: written.websocket ?? false,
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
    replicas: changes.replicas ?? service.replicas,
    tls: changes.tls === undefined ? service.tls : toTls(changes.tls, service.name),
    stub: {
      serves: changes.serves ?? service.stub.serves,
      answers: changes.answers?.map(toAnswer) ?? service.stub.answers,
      websocket: changes.websocket ?? service.stub.websocket,
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

function toAnswer({ request, when = {}, status, headers = {}, body, json }: WrittenAnswer): StubAnswer {
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
    },
    status: status ?? 200,
    headers:
      json === undefined || headerValue(lines, 'content-type') !== undefined
        ? lines
        : [...lines, ['content-type', 'application/json']],
    body: json === undefined ? (body ?? '') : JSON.stringify(json),
  }
}

/** What a list of Services must be beyond its shape: no name and no ClusterIP twice, the gateway among them. */
function checkServices(
  services: readonly Service[],
  places: readonly Place[],
  list: Span,
  source: Source,
  problems: Problems,
): boolean {
  const before = problems.list.length
  const names = new Set<string>()
  const owners = new Map<string, string>()
  services.forEach(({ name, on, clusterIP, tls }, index) => {
    const place = places[index]
    if (place === undefined) return
    if (on === 'host' && (name === GATEWAY_SERVICE || place.has(['clusterIP']) || place.has(['targetPort']))) {
      const what =
        name === GATEWAY_SERVICE ? 'is the gateway, which runs in the cluster' : 'has no clusterIP and no targetPort'
      problems.add(source, place.at('on').span, 'E_SERVICES_TYPE', `"${name}" on the host ${what}`)
    }
    if (name === GATEWAY_SERVICE && tls !== null) {
      problems.add(source, place.at('tls').span, 'E_SERVICES_TYPE', `"${name}" is the gateway, which speaks no TLS`)
    }
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
  if (!names.has(GATEWAY_SERVICE)) {
    const message = `no Service is called "${GATEWAY_SERVICE}", which is the gateway`
    problems.add(source, list, 'E_SERVICES_GATEWAY', message, `Add {name: ${GATEWAY_SERVICE}, port: 9000}.`)
  }
  return problems.list.length === before
}
