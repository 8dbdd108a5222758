import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Source } from '../diagnostics/source.ts'
import { checkContext } from './core/directives/check-context.ts'
import { DIRECTIVES } from './modules.ts'
import type { AcceptedDirective, RefusedDirective } from './site.ts'
import { readWithIncludes } from './syntax/include.ts'
import type { Directive, SiteFile, Word } from './syntax/syntax.ts'
import { DEFAULT_VERSION, rulesOf } from './versions.ts'
import { withFormHints } from './wrong-form.ts'

/** A site file as loaded. `site` is null where nginx would not start with it: then `diagnostics` holds an error. */
export interface LoadedSiteFile {
  readonly site: SiteFile | null
  /** What stands outside of blocks where the file is a whole nginx.conf, right or wrong; null where it is a site file. */
  readonly main: readonly Directive[] | null
  /** Every path that an `include` names. */
  readonly included: readonly Word[]
  readonly diagnostics: readonly Diagnostic[]
  readonly refused: readonly RefusedDirective[]
  /** What the model refuses when a request comes to it; others are answered. */
  readonly refusedForSome: readonly RefusedDirective[]
  readonly accepted: readonly AcceptedDirective[]
}

/** Blocks that a whole nginx.conf has at its top, and a site file never. */
const MAIN_BLOCKS: readonly string[] = ['http', 'events', 'stream', 'mail']

/**
 * Reads a site file with everything it includes, as nginx reads it inside `http { }`; or a whole nginx.conf, which is
 * a file that has a block `http`, `events`, `stream` or `mail` at its top. In `site`, every directive is
 * known, stands where it may, has as many arguments as it takes, of their kind, and includes are put in their places.
 * What the arguments mean (addresses, regular expressions, variables) is not looked at here.
 * @param includes see {@link readWithIncludes}
 * @param rules what holds in the version of nginx that reads it
 */
export function loadSiteFile(
  source: Source,
  includes: ReadonlyMap<string, Source>,
  rules = rulesOf(DEFAULT_VERSION),
): LoadedSiteFile {
  const read = readWithIncludes(source, includes, rules)
  const isWhole = read.directives.some((directive) => isMainBlock(directive, source))
  const { diagnostics, ...support } = checkContext(
    read.directives,
    read.sources,
    isWhole ? 'main' : 'http',
    rules,
    DIRECTIVES,
  )
  if (isWhole) diagnostics.push(...withoutEvents(read.directives, source))
  const found = inOrder([...read.diagnostics, ...diagnostics], [...read.sources.keys()])
  const all = withFormHints(found, source)
  const invalid = all.some(({ severity }) => severity === 'error')
  const main = isWhole ? read.directives : null
  const { included } = read
  if (invalid) return { site: null, main, included, diagnostics: all, ...support }
  const directives = isWhole ? inHttp(read.directives) : read.directives
  const site = { rules, source, directives, main, sources: read.sources }
  return { site, main, included, diagnostics: all, ...support }
}

/** Whether it stands in the file itself: a site file may include one that is out of place. */
function isMainBlock({ name, block, span }: Directive, { file }: Source): boolean {
  return block !== null && span.file === file && MAIN_BLOCKS.includes(name.text)
}

function inHttp(main: readonly Directive[]): readonly Directive[] {
  return main.flatMap(({ name, block }) => (name.text === 'http' ? (block ?? []) : []))
}

/** nginx says so of the configuration as a whole, and names no line. */
function withoutEvents(main: readonly Directive[], source: Source): Diagnostic[] {
  if (main.some(({ name }) => name.text === 'events')) return []
  return [
    {
      code: 'E_NGINX_CONTEXT',
      severity: 'error',
      message: 'no "events" section in configuration',
      span: source.spanAt(0, 1),
      hint: 'A whole nginx.conf has it: events { }. A site file has neither events nor http.',
      source,
    },
  ]
}

/** File by file as they are read, and from top to bottom in each. */
function inOrder(diagnostics: readonly Diagnostic[], files: readonly string[]): Diagnostic[] {
  return diagnostics.toSorted(
    ({ span: a }, { span: b }) =>
      files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  )
}
