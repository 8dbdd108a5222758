/** A place in a source file. Lines and columns count from 1; `length` is in UTF-16 code units and stays on one line. */
export interface Span {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly length: number
}

/** Renders a span as `file:line:column`, the form that editors and terminals turn into a link. */
export function formatSpan(span: Span): string {
  return `${span.file}:${span.line}:${span.column}`
}
