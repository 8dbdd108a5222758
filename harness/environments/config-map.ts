import type { GatewayConfigFiles } from '../chain/chain.ts'
import type { Edit, GatewayFile } from '../chain/world-change.ts'
import { Source } from '../diagnostics/source.ts'
import { applyEdit } from './apply-edit.ts'

const KEYS = { 'routes.yaml': 'routes', 'middleware.yaml': 'middleware', 'auth.yaml': 'auth' } as const

/** The ConfigMap after an `edit` step. A file that is not there yet begins empty. @throws {InvalidChainError} */
export function editConfigMap(files: GatewayConfigFiles, file: GatewayFile, edit: Edit): GatewayConfigFiles {
  const before = files[KEYS[file]] ?? new Source(file, '')
  return { ...files, [KEYS[file]]: applyEdit(before, edit) }
}
