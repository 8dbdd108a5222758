import { type GatewayConfig, parseGatewayConfig } from '../../gateway/config.ts'
import type { Place } from '../../gateway/place.ts'
import type { GatewayConfigFiles } from '../chain/chain.ts'
import type { Source } from '../diagnostics/source.ts'
import { RefusedConfigError } from './environment.ts'

/** Parsed once per ConfigMap: a suite runs hundreds of scenarios on one chain. */
const parsed = new WeakMap<GatewayConfigFiles, GatewayConfig>()

/** The file that has something at a place: several may be texts of one manifest, blank where the others stand. */
export function sourceAt(sources: readonly (Source | null)[], { file, line }: Place): Source | undefined {
  const found = sources.filter((source): source is Source => source?.file === file)
  return found.find((source) => source.lineText(line).trim() !== '') ?? found[0]
}

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
        const source = sourceAt(sources, place)
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
