import type { GatewayConfigFiles } from '../../chain/chain.ts'
import type { Site } from '../../nginx/site.ts'
import type { SiteSources } from '../chain-files.ts'
import { RefusedConfigError, UnsupportedError } from '../environment.ts'
import { gatewayLines } from '../gateway-lines.ts'
import { loadGatewayConfig } from '../load-gateway-config.ts'
import { loadSite, readSite } from '../load-site.ts'
import type { NginxNames } from '../nginx-names.ts'
import type { SiteOnDisk } from '../site-on-disk.ts'
import type { InForce } from './evidence.ts'

/** What nginx runs with. */
export interface LoadedSite extends Pick<InForce, 'file' | 'model'> {
  readonly sources: SiteSources
}

/** What the gateway runs with. */
export interface LoadedGateway extends Pick<InForce, 'routes' | 'isOwnGateway' | 'lineAt'> {
  readonly files: GatewayConfigFiles
}

/** The site file as it is on disk now, read. */
export function loadedSite(disk: SiteOnDisk, names: NginxNames): LoadedSite {
  const { source, includes, rules } = disk
  return { file: readSite(source, includes, rules), model: modelOf(disk, names), sources: { source, includes } }
}

/** The real nginx has the say: where it runs with a file that the model does not know or would refuse, there is no model. */
function modelOf({ source, includes, rules }: SiteOnDisk, names: NginxNames): Site | null {
  try {
    return loadSite(source, includes, rules, { ...names, nowMs: Date.now })
  } catch (error) {
    if (error instanceof UnsupportedError || error instanceof RefusedConfigError) return null
    throw error
  }
}

/**
 * The gateway's config.
 * @param isOwnGateway whether the project's own gateway reads it
 * @throws {RefusedConfigError} the project's own gateway would not start with it
 */
export function loadedGateway(files: GatewayConfigFiles, isOwnGateway: boolean): LoadedGateway {
  const lineAt = gatewayLines(files)
  try {
    return { routes: loadGatewayConfig(files).table, isOwnGateway, lineAt, files }
  } catch (error) {
    // One of the user's own may read another format.
    if (!isOwnGateway && error instanceof RefusedConfigError) return { routes: null, isOwnGateway, lineAt, files }
    throw error
  }
}
