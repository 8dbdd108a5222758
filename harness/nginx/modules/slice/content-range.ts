/** What a Content-Range says: bytes `start` up to `end`, which is not included. */
export interface ContentRange {
  readonly start: number
  readonly end: number
  /** Bytes of the whole; null where it is not known (`*`). */
  readonly completeBytes: number | null
}

/** Numbers of more digits are not exact. */
export const EXACT_DIGITS = 15

/** Reads a Content-Range (ngx_http_slice_parse_content_range); null where it is none that nginx takes. */
export function parseContentRange(text: string | null): ContentRange | null {
  const [, from = '', to = '', complete = ''] = /^bytes +(\d+) *- *(\d+) *\/ *(\d+|\*) *$/.exec(text ?? '') ?? []
  if (from === '' || [from, to, complete].some(({ length }) => length > EXACT_DIGITS)) return null
  return { start: Number(from), end: Number(to) + 1, completeBytes: complete === '*' ? null : Number(complete) }
}
