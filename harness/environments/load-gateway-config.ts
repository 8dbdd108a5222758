import { type GatewayConfig, parseGatewayConfig } from '../../gateway/config.ts'
import type { GatewayConfigFiles } from '../chain/chain.ts'
import type { Source } from '../diagnostics/source.ts'
import { RefusedConfigError } from './environment.ts'

/** Parsed once per ConfigMap: a suite runs hundreds of scenarios on one chain. */
const parsed = new WeakMap<GatewayConfigFiles, GatewayConfig>()

/**
 * The gateway's own reading of its config.
 * @throws {RefusedConfigError} with every problem that would stop the gateway's start
 */
export function loadGatewayConfig(files: GatewayConfigFiles): GatewayConfig {
  const known = parsed.get(files)
  if (known !== undefined) return known
  const result = parseGatewayConfig(files)
  if (!result.ok) {
    const sources = [files.routes, files.middleware, files.auth].filter((source): source is Source => source !== null)
    throw new RefusedConfigError(
      'gateway',
      result.problems.map(({ code, message, hint, place }) => {
        const source = sources.find(({ file }) => file === place.file)
        return {
          code,
          severity: 'error' as const,
          message,
          span: place,
          ...(hint === undefined ? {} : { hint }),
          ...(source === undefined ? {} : { source }),
        }
      }),
    )
  }
  parsed.set(files, result.config)
  return result.config
}
