import type { Rule } from '../../../trace/trace.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { evaluate, type Template } from '../../core/variables/template.ts'
import type { Regex } from '../../pattern/regex.ts'

/** One `proxy_redirect`: what a Location starts with, or a pattern for the whole of it, and what stands there instead. */
export interface ProxyRedirect {
  /** Null for the default. */
  readonly rule: Rule | null
  readonly pattern:
    | { readonly kind: 'prefix'; readonly prefix: Template }
    | { readonly kind: 'regex'; readonly regex: Regex }
  readonly replacement: Template
}

/** A URL that was rewritten, and by which line; null for the default. */
export interface RewrittenUrl {
  readonly text: string
  readonly rule: Rule | null
}

/** Rewrites a URL of the upstream's by the first `proxy_redirect` that fits (ngx_http_proxy_rewrite_redirect); null where none does. */
export function rewriteRedirect(
  state: RequestState,
  redirects: readonly ProxyRedirect[] | null,
  url: string,
): RewrittenUrl | null {
  for (const { rule, pattern, replacement } of redirects ?? []) {
    if (pattern.kind === 'regex') {
      if (state.matches(pattern.regex, url)) return { text: evaluate(replacement, state), rule }
      continue
    }
    const prefix = evaluate(pattern.prefix, state)
    if (url.startsWith(prefix)) return { text: evaluate(replacement, state) + url.slice(prefix.length), rule }
  }
  return null
}
