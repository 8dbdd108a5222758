import { type FoundTexts, listOf } from '../chain/manifest-files.ts'
import { kindsOf, readManifests } from '../chain/manifests.ts'
import type { Place } from '../diagnostics/place.ts'
import { Problems } from '../diagnostics/problems.ts'
import type { Source } from '../diagnostics/source.ts'
import { suggest } from '../diagnostics/suggest.ts'

/** What a scenario says of a manifest. */
interface WrittenManifest {
  readonly configMap?: string | undefined
  readonly key?: string | undefined
  readonly name?: string | undefined
}

/** Says that a manifest has no text, or several, that a scenario may mean by what it writes. @param place the mapping that says it */
export function noSuchText(
  manifest: Source,
  { configMap: file = '', key, name }: WrittenManifest,
  { all, fitting }: FoundTexts,
  place: Place,
  problems: Problems,
): void {
  const at = place.at(key === undefined ? (name === undefined ? 'configMap' : 'name') : 'key')
  const near =
    key === undefined
      ? undefined
      : suggest(
          key,
          all.map((one) => one.key),
        )
  const wanted = key === undefined ? 'such ConfigMap' : `ConfigMap with the key "${key}"`
  const message =
    fitting.length > 1
      ? `"${file}" has ${fitting.length} texts that this may mean`
      : `"${file}" has no ${wanted}${near === undefined ? '' : `: did you mean "${near}"?`}`
  problems.add(at.source, at.span, 'E_CHAIN_CONFIG_MAP', message, hintFor(manifest, all))
}

function hintFor(manifest: Source, all: FoundTexts['all']): string {
  if (all.length > 0) return `Write key, and name where several ConfigMaps have it. There are: ${listOf(all)}.`
  const objects = readManifests(manifest, new Problems())
  const found = objects.some(({ kind }) => kind !== '') ? ` This one has: ${kindsOf(objects)}.` : ''
  return `Name a manifest that kubectl would apply. A Helm chart must be rendered first: helm template.${found}`
}
