import type { RequestState } from '../request/request-state.ts'

/** A piece of a value: text as it stands, the value of a variable by its slot, or what the last regular expression captured. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly slot: number }
  | { readonly kind: 'capture'; readonly group: number }

/** A value with variables, compiled (ngx_http_compile_complex_value). `text` is it where it has none. */
export interface Template {
  readonly source: string
  readonly text: string | null
  readonly parts: readonly Part[]
}

/** Evaluates a template. `escaping` is applied to captures: nginx escapes them in redirects and arguments. */
export function evaluate(template: Template, state: RequestState, escaping?: (capture: string) => string): string {
  if (template.text !== null) return template.text
  let value = ''
  for (const part of template.parts) {
    if (part.kind === 'text') value += part.text
    else if (part.kind === 'variable') value += state.variable(part.slot) ?? ''
    else value += escaping === undefined ? state.capture(part.group) : escaping(state.capture(part.group))
  }
  return value
}

/** A template without variables. */
export function constantTemplate(text: string): Template {
  return { source: text, text, parts: [{ kind: 'text', text }] }
}
