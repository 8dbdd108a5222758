import type { Place } from '../diagnostics/place.ts'
import type { Problems } from '../diagnostics/problems.ts'
import { readYamlDocuments } from '../diagnostics/read-yaml.ts'
import type { Source } from '../diagnostics/source.ts'
import { isPlainMap, type PlainValue } from '../diagnostics/yaml-to-plain.ts'

/** One Kubernetes object of a manifest. */
export interface Manifest {
  /** `Service`, `ConfigMap`. Empty where it has none. */
  readonly kind: string
  readonly name: string | null
  readonly namespace: string | null
  readonly value: { readonly [key: string]: PlainValue }
  readonly place: Place
}

/**
 * Whether a text is a manifest, as kubectl, Helm and kustomize print it: YAML or JSON whose objects have an `apiVersion` and a
 * `kind`. No file of nginx and no routes.yaml has such lines.
 */
export function isManifest(text: string): boolean {
  return has(text, 'apiVersion') && has(text, 'kind')
}

/** At the beginning of a line in YAML, behind `{` or `,` in JSON. */
function has(text: string, key: 'apiVersion' | 'kind'): boolean {
  return new RegExp(`(?:^|[{,])[ \\t-]{0,40}["']?${key}["']?[ \\t]?:`, 'm').test(text)
}

/** Every object of a manifest: of all its documents, and of lists in them (`kind: List`, `ServiceList`). */
export function readManifests(source: Source, problems: Problems): readonly Manifest[] {
  return readYamlDocuments(source, problems).flatMap(({ value, place }) => objectsIn(value, place))
}

function objectsIn(value: PlainValue, place: Place): Manifest[] {
  if (!isPlainMap(value)) return []
  const { items, metadata = null } = value
  if (Array.isArray(items)) return items.flatMap((item, index) => objectsIn(item, place.at('items', index)))
  const { name = null, namespace = null } = isPlainMap(metadata) ? metadata : {}
  return [{ kind: textOf(value.kind) ?? '', name: textOf(name), namespace: textOf(namespace), value, place }]
}

/** The kinds of objects as a sentence lists them: `Deployment, Service`. */
export function kindsOf(manifests: readonly Manifest[]): string {
  return [...new Set(manifests.map(({ kind }) => kind || 'an object without a kind'))].sort().join(', ')
}

/** Says, at the first object, what a manifest holds in place of what was expected. @param wanted `a Service` */
export function reportKinds(
  source: Source,
  manifests: readonly Manifest[],
  wanted: string,
  code: string,
  problems: Problems,
): void {
  const [first] = manifests
  const span = first === undefined ? source.spanAt(0, 1) : first.place.at('kind').span
  const found = first === undefined ? 'no object' : kindsOf(manifests)
  problems.add(source, span, code, `${wanted} was expected, and the manifest has ${found}`)
}

function textOf(value: PlainValue | undefined): string | null {
  return typeof value === 'string' ? value : null
}
