import type { RequestState } from '../../core/request/request-state.ts'
import type { ProxyRedirect } from '../../core/upstreams/proxy-settings.ts'
import type { Rewritten } from '../../core/upstreams/upstream-state.ts'
import { evaluate } from '../../core/variables/evaluate.ts'

/** Rewrites a URL of the upstream's by the first `proxy_redirect` that fits (ngx_http_proxy_rewrite_redirect); null where none does. */
export function rewriteRedirect(
  state: RequestState,
  redirects: readonly ProxyRedirect[] | null,
  url: string,
): Rewritten | null {
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
