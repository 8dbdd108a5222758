import type { Chain } from '../chain/chain.ts'
import type { Edit, EditableFile } from '../chain/world-change.ts'
import { applyEdit } from './apply-edit.ts'
import { editConfigMap } from './config-map.ts'

/** A chain whose file is edited, as an `edit` step does it. @throws {InvalidChainError} the text to replace is not in it */
export function editChain(chain: Chain, file: EditableFile, edit: Edit): Chain {
  return file === 'site'
    ? { ...chain, site: applyEdit(chain.site, edit) }
    : { ...chain, gatewayConfig: editConfigMap(chain.gatewayConfig, file, edit) }
}
