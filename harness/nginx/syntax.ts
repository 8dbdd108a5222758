import type { Source } from '../diagnostics/source.ts'
import type { Span } from '../diagnostics/span.ts'

/** One word of a directive. `text` has quotes and escapes resolved as nginx resolves them (ngx_conf_read_token). */
export interface Word {
  readonly text: string
  readonly quoted: boolean
  readonly span: Span
}

/** A directive and, where it has one, its block. `context` is the kind of block it stands in. */
export interface Directive {
  readonly name: Word
  readonly args: readonly Word[]
  readonly block: readonly Directive[] | null
  /** From the first character of the name to the last of the last argument on that line. */
  readonly span: Span
}

/** A site file as nginx reads it from `http { include sites-enabled/*; }`: includes are already put in their places. */
export interface SiteFile {
  readonly source: Source
  readonly directives: readonly Directive[]
}
