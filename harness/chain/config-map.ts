import { isMap, isScalar, isSeq, type Node, parseAllDocuments, type YAMLMap } from 'yaml'
import { Source } from '../diagnostics/source.ts'
import type { Piece, View } from '../diagnostics/view.ts'

/** A text of a ConfigMap in a manifest. */
export interface ConfigMapKey {
  /** The ConfigMap's name; null where it has none. */
  readonly name: string | null
  readonly key: string
}

/** The texts of every ConfigMap in a manifest: of all its documents, and of a `List` in them. Empty where it cannot be read. */
export function configMapKeys(manifest: string): ConfigMapKey[] {
  return configMapsIn(manifest).flatMap(({ name, data }) =>
    data.items.flatMap(({ key, value }) =>
      isScalar(key) && isScalar(value) && typeof value.value === 'string' ? [{ name, key: String(key.value) }] : [],
    ),
  )
}

/** One text of a manifest in place of the manifest. Where the manifest has it no longer, there is no text. */
export function configMapText({ name, key }: ConfigMapKey): View {
  return (manifest) => {
    const found = configMapsIn(manifest).find((map) => map.name === name && map.data.has(key))
    const node = found?.data.get(key, true)
    if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return []
    const [from, to] = node.range
    return verbatimLines(manifest, node.value, from, to) ?? [{ text: node.value, at: from, length: to - from }]
  }
}

/**
 * One text of a manifest as a file of its own, for those who read YAML: every line and column of it is that of the manifest, since
 * what stands around it is blank, and YAML does not mind an indent. A text in quotes has places of its own. Null where it is not there.
 */
export function configMapFile(manifest: Source, key: ConfigMapKey): Source | null {
  const pieces = configMapText(key)(manifest.text)
  const [first] = pieces
  if (first === undefined) return null
  const text = pieces.map((piece) => piece.text).join('')
  const isVerbatim = pieces.every((piece) => manifest.text.startsWith(piece.text.trimEnd(), piece.at))
  if (!isVerbatim || pieces.length < 2) return new Source(`${manifest.file} (${key.key})`, text)
  const last = pieces.at(-1) ?? first
  const from = manifest.text.lastIndexOf('\n', first.at) + 1
  const before = manifest.text.slice(0, from).replace(/[^\n]/g, '')
  return new Source(manifest.file, before + manifest.text.slice(from, last.at + last.length))
}

/** A literal block, line by line without its indent; null for every other way to write a text. */
function verbatimLines(manifest: string, value: string, from: number, to: number): Piece[] | null {
  if (manifest[from] !== '|') return null
  const pieces: Piece[] = []
  let at = manifest.indexOf('\n', from) + 1
  for (const line of value.split(/(?<=\n)/)) {
    const end = manifest.indexOf('\n', at)
    const next = end === -1 ? manifest.length : end + 1
    const raw = manifest.slice(at, next)
    const text = line.endsWith('\n') ? line.slice(0, -1) : line
    const plain = raw.replace(/\r?\n$/, '')
    if (at > to || !plain.endsWith(text)) return null
    pieces.push({ text, at: at + plain.length - text.length, length: text.length })
    if (line.endsWith('\n')) pieces.push({ text: '\n', at: at + plain.length, length: raw.length - plain.length })
    at = next
  }
  return pieces
}

function configMapsIn(manifest: string): { readonly name: string | null; readonly data: YAMLMap }[] {
  const documents = parseAllDocuments(manifest, { logLevel: 'silent', prettyErrors: false })
  const roots = Array.isArray(documents) ? documents.map(({ contents }) => contents) : []
  return roots.flatMap((root) => configMapsUnder(root))
}

function configMapsUnder(node: Node | null): { readonly name: string | null; readonly data: YAMLMap }[] {
  if (!isMap(node)) return []
  const items: unknown = node.get('items', true)
  if (isSeq(items)) return items.items.flatMap((item) => (isMap(item) ? configMapsUnder(item) : []))
  const data: unknown = node.get('data', true)
  if (node.get('kind') !== 'ConfigMap' || !isMap(data)) return []
  const name: unknown = node.getIn(['metadata', 'name'])
  return [{ name: typeof name === 'string' ? name : null, data }]
}
