import { checkShape } from '../diagnostics/check-shape.ts'
import type { Problems } from '../diagnostics/problems.ts'
import { readYaml } from '../diagnostics/read-yaml.ts'
import type { Source } from '../diagnostics/source.ts'
import type { Host } from './chain.ts'
import { host } from './host-schema.ts'

const CODES = { unknownKey: 'E_HOST_UNKNOWN_KEY', missingKey: 'E_HOST_MISSING_KEY', type: 'E_HOST_TYPE' }

/** Reads host.yaml; null where anything in it is wrong, which `problems` then says. */
export function loadHost(source: Source, problems: Problems): Host | null {
  const file = readYaml(source, problems)
  if (file === null) return null
  return checkShape(host, file.value, file.place, CODES, problems)?.value ?? null
}
