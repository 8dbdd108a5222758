import type { Source } from './source.ts'
import type { Span } from './span.ts'

/**
 * One problem in one file, as data. `code` is stable (`E_YAML_SYNTAX`) and may be searched for; `message` says what was
 * tried and what was found; `hint` says what to do. `source` lets the renderer draw the line and the caret.
 */
export interface Diagnostic {
  readonly code: string
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly span: Span
  readonly hint?: string
  readonly source?: Source
}
