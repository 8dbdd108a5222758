import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Source } from '../diagnostics/source.ts'
import { checkContext } from './read/check-context.ts'
import { readWithIncludes } from './read/include.ts'
import type { AcceptedDirective, RefusedDirective } from './site.ts'
import type { SiteFile } from './syntax.ts'

/** A site file as loaded. `site` is null where nginx would not start with it: then `diagnostics` holds an error. */
export interface LoadedSiteFile {
  readonly site: SiteFile | null
  readonly diagnostics: readonly Diagnostic[]
  readonly refused: readonly RefusedDirective[]
  /** What the model refuses when a request comes to it; others are answered. */
  readonly refusedForSome: readonly RefusedDirective[]
  readonly accepted: readonly AcceptedDirective[]
}

/**
 * Reads a site file with everything it includes, as nginx 1.22 reads it inside `http { }`. In `site`, every directive is
 * known, stands where it may, has as many arguments as it takes, of their kind, and includes are put in their places.
 * What the arguments mean (addresses, regular expressions, variables) is not looked at here.
 * @param includes see {@link readWithIncludes}
 */
export function loadSiteFile(source: Source, includes: ReadonlyMap<string, Source>): LoadedSiteFile {
  const read = readWithIncludes(source, includes)
  const { diagnostics, ...support } = checkContext(read.directives, read.sources)
  const all = inOrder([...read.diagnostics, ...diagnostics], [...read.sources.keys()])
  const invalid = all.some(({ severity }) => severity === 'error')
  return { site: invalid ? null : { source, directives: read.directives }, diagnostics: all, ...support }
}

/** File by file as they are read, and from top to bottom in each. */
function inOrder(diagnostics: readonly Diagnostic[], files: readonly string[]): Diagnostic[] {
  return diagnostics.toSorted(
    ({ span: a }, { span: b }) =>
      files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  )
}
