import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Source } from '../diagnostics/source.ts'
import { parseSite } from './parser.ts'
import type { AcceptedDirective, RefusedDirective } from './site.ts'
import type { SiteFile } from './syntax.ts'

/** A site file as loaded: `site` is null where nginx would refuse it. */
export interface LoadedSiteFile {
  readonly site: SiteFile | null
  readonly diagnostics: readonly Diagnostic[]
  readonly refused: readonly RefusedDirective[]
  readonly accepted: readonly AcceptedDirective[]
}

/** Reads a site file with everything it includes. */
export function loadSiteFile(source: Source, _includes: ReadonlyMap<string, Source>): LoadedSiteFile {
  const { directives, diagnostics } = parseSite(source)
  const failed = diagnostics.some(({ severity }) => severity === 'error')
  return { site: failed ? null : { source, directives }, diagnostics, refused: [], accepted: [] }
}
