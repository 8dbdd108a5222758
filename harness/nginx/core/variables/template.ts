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

/** A template without variables. */
export function constantTemplate(text: string): Template {
  return { source: text, text, parts: [{ kind: 'text', text }] }
}
