import { isDeepStrictEqual } from 'node:util'
import { type Document, parseDocument } from 'yaml'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { Problems } from '../diagnostics/problems.ts'
import { readYaml } from '../diagnostics/read-yaml.ts'
import { Source } from '../diagnostics/source.ts'

/** A file as it is written: no line is broken and no line break is taken away; a mapping in braces has no space inside them. */
const STYLE = { lineWidth: 0, flowCollectionPadding: false } as const

/** The text of a YAML document, in the one way in which scenario files are written. */
export function scenarioText(document: Document): string {
  return document.toString(STYLE)
}

/**
 * The text of a scenario file as `chain fmt` writes it: two spaces of indentation, lists indented below their key, one space before a
 * comment at the end of a line. Comments, blank lines, quotes and the order of keys stay. What is formatted stays as it is.
 * @returns the text, or what is wrong with the file where it is no YAML
 */
export function formatScenario(
  source: Source,
): { readonly text: string } | { readonly diagnostics: readonly Diagnostic[] } {
  const problems = new Problems()
  const before = readYaml(source, problems)
  if (problems.list.length > 0 || before === null) return { diagnostics: problems.list }
  const text = scenarioText(parseDocument(source.text, { uniqueKeys: false, logLevel: 'silent' }))
  const after = readYaml(new Source(source.file, text), problems)
  if (isDeepStrictEqual(before.value, after?.value) && comments(source.text) === comments(text)) return { text }
  const message = `Failed to format "${source.file}": its values or comments would change`
  problems.add(source, source.spanAt(0, 1), 'E_YAML_FORMAT', message, 'Format it by hand, and report it with the file.')
  return { diagnostics: problems.list }
}

/** How many number signs there are: a comment that gets lost takes its own with it. */
function comments(text: string): number {
  return text.split('#').length
}
