import type { Chain } from '../chain/chain.ts'
import type { NginxParts } from '../chain/nginx-files.ts'
import { type Edit, type EditableFile, isGatewayFile } from '../chain/world-change.ts'
import { applyEdit } from './apply-edit.ts'
import { editConfigMap } from './config-map.ts'

/** A chain whose file is edited, as an `edit` step does it. @throws {InvalidChainError} the text to replace is not in it */
export function editChain(chain: Chain, file: EditableFile, edit: Edit): Chain {
  if (isGatewayFile(file)) return { ...chain, gatewayConfig: editConfigMap(chain.gatewayConfig, file, edit) }
  return { ...chain, ...editNginxFile(chain, file, edit) }
}

/** @param file `site`, or an included file by its path in the chain's folder @throws {InvalidChainError} the text to replace is not in it */
export function editNginxFile({ site, includes, host }: NginxParts, file: string, edit: Edit): NginxParts {
  const included = includes.get(file)
  if (file === 'site' || included === undefined) return { site: applyEdit(site, edit), includes, host }
  return { site, includes: new Map([...includes, [file, applyEdit(included, edit)]]), host }
}
