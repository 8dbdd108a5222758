import { type Chain, type GatewayConfigFiles, NO_GATEWAY_CONFIG } from '../chain/chain.ts'
import { configMapFile } from '../chain/config-map.ts'
import { findText, gatewayFilesIn } from '../chain/manifest-files.ts'
import { isManifest } from '../chain/manifests.ts'
import { writtenWhole } from '../diagnostics/composition.ts'
import type { Place } from '../diagnostics/place.ts'
import type { Source } from '../diagnostics/source.ts'
import { type BuildContext, readNamed } from './build-context.ts'
import { noSuchText } from './no-such-text.ts'
import { replaceText } from './replace-text.ts'
import type { WrittenChain, WrittenPart } from './schema.ts'

type WrittenMapping = Exclude<WrittenChain, string>
type PartName = 'routes' | 'middleware' | 'auth'

/** One file of the gateway, and what stands beside it in its ConfigMap. */
interface ReadPart {
  readonly file: Source
  readonly beside: Pick<GatewayConfigFiles, 'middleware' | 'auth'>
}

/** The gateway's files that a chain says, on top of those of `base`; null, and why, where one cannot be read. */
export function buildGatewayConfig(
  written: WrittenMapping,
  place: Place,
  base: Chain | null,
  context: BuildContext,
): GatewayConfigFiles | null {
  const before = context.problems.list.length
  const current = base?.gatewayConfig ?? NO_GATEWAY_CONFIG
  const read = (name: PartName) => readPart(name, written[name], place.at(name), current[name], context)
  const [routes, middleware, auth] = [read('routes'), read('middleware'), read('auth')]
  if (context.problems.list.length > before) return null
  if (routes === null && middleware === null && auth === null) return current
  return {
    routes: routes?.file ?? current.routes,
    middleware: middleware?.file ?? routes?.beside.middleware ?? current.middleware,
    auth: auth?.file ?? routes?.beside.auth ?? current.auth,
  }
}

/** Null where nothing is written of it, or it cannot be read. */
function readPart(
  name: PartName,
  written: WrittenPart | undefined,
  place: Place,
  current: Source | null,
  context: BuildContext,
): ReadPart | null {
  if (written === undefined) return null
  const { file, configMap, text } = written
  if (file !== undefined) return fromFile(`${name}.yaml`, { configMap: file }, place.at('file'), place, context)
  if (configMap !== undefined) return fromFile(`${name}.yaml`, written, place.at('configMap'), place, context)
  const source =
    text === undefined
      ? replaceText(written, place, name, current, context.variant, context.problems)
      : writtenWhole(`${place.source.file} (${name})`, text, place.at('text').written(context.variant))
  return source && alone(source)
}

/** A file, or the text of a ConfigMap in it. */
function fromFile(
  usualKey: string,
  written: Pick<WrittenPart, 'configMap' | 'key' | 'name'>,
  at: Place,
  place: Place,
  context: BuildContext,
): ReadPart | null {
  const source = readNamed(written.configMap ?? '', at, context)
  if (source === null) return null
  const isAsked = place.has(['configMap'])
  if (!isAsked && !isManifest(source.text)) return alone(source)
  const found = findText(source, written, usualKey)
  const [chosen, second] = found.fitting
  if (chosen === undefined || second !== undefined) {
    noSuchText(source, written, found, place, context.problems)
    return null
  }
  if (usualKey === 'routes.yaml') {
    const files = gatewayFilesIn(source, chosen)
    return files && { file: files.routes, beside: files }
  }
  const file = configMapFile(source, chosen)
  return file && alone(file)
}

function alone(file: Source): ReadPart {
  return { file, beside: { middleware: null, auth: null } }
}
