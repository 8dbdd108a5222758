import { checkShape } from '../diagnostics/check-shape.ts'
import type { Place } from '../diagnostics/place.ts'
import type { Problems } from '../diagnostics/problems.ts'
import { readYaml } from '../diagnostics/read-yaml.ts'
import type { Source } from '../diagnostics/source.ts'
import { type Host, K3S_HOST } from './chain.ts'
import { hostFile, type WrittenHost } from './host-schema.ts'
import type { Service } from './service.ts'

const CODES = { unknownKey: 'E_HOST_UNKNOWN_KEY', missingKey: 'E_HOST_MISSING_KEY', type: 'E_HOST_TYPE' }

/** Reads host.yaml; null where anything in it is wrong, which `problems` then says. */
export function loadHost(source: Source, services: readonly Service[], problems: Problems): Host | null {
  const file = readYaml(source, problems)
  if (file === null) return null
  const written = checkShape(hostFile, file.value, file.place, CODES, problems)?.value ?? null
  if (written === null) return null
  const { nginx, ...rest } = written
  checkNames(rest.names ?? {}, services, file.place, problems)
  const host = hostOf(rest, K3S_HOST)
  return nginx === undefined ? host : { ...host, nginx: { version: nginx, span: file.place.at('nginx').span } }
}

/** A host as written, on top of another: what it leaves out is as there, and `env` is added to. */
export function hostOf({ dns, names = {}, conf, env = {} }: WrittenHost, base: Host): Host {
  const own = Object.entries(env).map(([name, value]) => [name, String(value)] as const)
  const others = Object.entries(names).map(([name, service]) => [name.toLowerCase(), service] as const)
  return {
    ...base,
    dns: dns ?? base.dns,
    names: new Map([...base.names, ...others]),
    conf: conf ?? base.conf,
    env: new Map([...base.env, ...own]),
  }
}

/** Names lead to Services of the chain. @param place where the host stands */
export function checkNames(
  names: Readonly<Record<string, string>>,
  services: readonly Service[],
  place: Place,
  problems: Problems,
): void {
  for (const [name, service] of Object.entries(names)) {
    if (services.some((one) => one.name === name)) {
      const at = place.at('names', name)
      problems.add(at.source, at.keySpan, 'E_HOST_NAME', `"${name}" is a Service: its name leads to itself`)
      continue
    }
    const found = services.find((one) => one.name === service)
    if (found?.on === 'cluster') continue
    const what =
      found === undefined ? `the chain has no Service "${service}"` : `"${service}" is no Service of the cluster`
    const at = place.at('names', name)
    problems.add(
      at.source,
      at.span,
      'E_HOST_NAME',
      what,
      `Services are: ${services.map((one) => one.name).join(', ')}.`,
    )
  }
}
