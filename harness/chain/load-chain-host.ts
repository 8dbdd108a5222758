import { checkShape } from '../diagnostics/check-shape.ts'
import type { Problems } from '../diagnostics/problems.ts'
import { readYaml } from '../diagnostics/read-yaml.ts'
import type { Source } from '../diagnostics/source.ts'
import { type Host, K3S_HOST } from './chain.ts'
import { hostFile, type WrittenHost } from './host-schema.ts'

const CODES = { unknownKey: 'E_HOST_UNKNOWN_KEY', missingKey: 'E_HOST_MISSING_KEY', type: 'E_HOST_TYPE' }

/** Reads host.yaml; null where anything in it is wrong, which `problems` then says. */
export function loadHost(source: Source, problems: Problems): Host | null {
  const file = readYaml(source, problems)
  if (file === null) return null
  const written = checkShape(hostFile, file.value, file.place, CODES, problems)?.value ?? null
  if (written === null) return null
  const { nginx, ...rest } = written
  const host = hostOf(rest, K3S_HOST)
  return nginx === undefined ? host : { ...host, nginx: { version: nginx, span: file.place.at('nginx').span } }
}

/** A host as written, on top of another: what it leaves out is as there, and `env` is added to. */
export function hostOf({ dns, conf, env = {} }: WrittenHost, base: Host): Host {
  const own = Object.entries(env).map(([name, value]) => [name, String(value)] as const)
  return { ...base, dns: dns ?? base.dns, conf: conf ?? base.conf, env: new Map([...base.env, ...own]) }
}
