import type { Template } from '../variables/template.ts'

/** One `proxy_set_header`, or one of nginx's own. */
export interface SetHeader {
  readonly name: string
  readonly value: Template
}

/** The headers that nginx writes itself, and the client's that it does not pass on because of that (in lower case). */
export interface UpstreamHeaders {
  /** The line that sets Host, where the version of nginx sends Host by itself; null where there is none. */
  readonly host: Template | null
  readonly lines: readonly SetHeader[]
  readonly replaced: ReadonlySet<string>
}
