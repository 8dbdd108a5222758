/** A place in a config file. Lines and columns count from 1; `length` is in UTF-16 code units and stays on one line. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly length: number
}

/** A setting and the key that it is written at; null for a default. */
export interface Setting<Value> {
  readonly value: Value
  readonly place: Place | null
}

/** Renders a place as `file:line:column`, the form that editors and terminals turn into a link. */
export function formatPlace(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`
}
