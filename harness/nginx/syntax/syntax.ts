import type { Source } from '../../diagnostics/source.ts'
import type { Span } from '../../diagnostics/span.ts'
import type { VersionRules } from '../versions.ts'

/** One word of a directive. The span covers it as written, quotes included. `text` has quotes and escapes resolved as nginx resolves them (ngx_conf_read_token). */
export interface Word {
  readonly text: string
  readonly quoted: boolean
  readonly span: Span
}

/** A directive and, where it has one, its block. The lines of `map`, `geo` and `types` blocks are directives too: `name` is their first word. */
export interface Directive {
  readonly name: Word
  readonly args: readonly Word[]
  readonly block: readonly Directive[] | null
  /** From the first character of the name to the last of the last argument on that line. */
  readonly span: Span
}

/** What nginx reads: a site file, as from `http { include sites-enabled/*; }`, or a whole nginx.conf. Includes are already put in their places. */
export interface SiteFile {
  /** What holds in the version of nginx that reads it. */
  readonly rules: VersionRules
  readonly source: Source
  /** What stands in `http { }`. */
  readonly directives: readonly Directive[]
  /** What stands outside of blocks in a whole nginx.conf, `http` among it; null for a site file. */
  readonly main: readonly Directive[] | null
  /** Every file that was read, by its name in spans. */
  readonly sources: ReadonlyMap<string, Source>
}
