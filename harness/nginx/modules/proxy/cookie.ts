import type { Rule } from '../../../trace/trace.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import type { CookieRewrite } from '../../core/upstreams/proxy-settings.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import { lowerCase } from '../../syntax/wire.ts'
import { type Attribute, editCookieFlags } from './cookie-flags.ts'

/**
 * Rewrites the Path, the Domain and the flags of an upstream's Set-Cookie (ngx_http_proxy_rewrite_cookie).
 * @returns the new text, and the line that made it; null where it stays as it came
 */
export function rewriteCookie(state: RequestState, cookie: string): { text: string; rule: Rule } | null {
  const { cookiePaths, cookieDomains, cookieFlags } = state.location.settings.proxy
  if (cookiePaths.length + cookieDomains.length + cookieFlags.length === 0) return null
  const attributes = cookie.split(';').map(attributeOf)
  const [first, ...others] = attributes
  if (first === undefined || first.value === null) return null
  let rule: Rule | null = null
  for (const attribute of others) {
    if (attribute.value === null) continue
    const key = lowerCase(attribute.key)
    const rewrites = key === 'path' ? cookiePaths : key === 'domain' ? cookieDomains : []
    const found = rewriteValue(state, attribute.value, rewrites, key === 'domain')
    if (found === null) continue
    attribute.value = found.text
    rule = found.rule
  }
  rule = editCookieFlags(state, attributes, cookieFlags) ?? rule
  return rule === null ? null : { text: attributes.map(attributeText).join('; '), rule }
}

/** A path by its beginning, a domain as a whole and without case, a pattern for either; the first that fits counts. */
function rewriteValue(
  state: RequestState,
  value: string,
  rewrites: readonly CookieRewrite[],
  isDomain: boolean,
): { text: string; rule: Rule } | null {
  for (const { rule, pattern, replacement } of rewrites) {
    if (pattern.kind === 'regex') {
      if (state.matches(pattern.regex, value)) return { text: evaluate(replacement, state), rule }
      continue
    }
    const text = evaluate(pattern.text, state)
    if (isDomain) {
      const [dot, domain] = value.startsWith('.') ? ['.', value.slice(1)] : ['', value]
      if (lowerCase(domain) === lowerCase(text)) return { text: dot + evaluate(replacement, state), rule }
    } else if (value.startsWith(text)) return { text: evaluate(replacement, state) + value.slice(text.length), rule }
  }
  return null
}

/** ngx_http_proxy_parse_cookie: spaces around names and values go. */
function attributeOf(text: string): Attribute {
  const equals = text.indexOf('=')
  const trimmed = (part: string) => part.replace(/^ +| +$/g, '')
  if (equals === -1) return { key: trimmed(text), value: null }
  return { key: trimmed(text.slice(0, equals)), value: trimmed(text.slice(equals + 1)) }
}

function attributeText({ key, value }: Attribute): string {
  return value === null ? key : `${key}=${value}`
}
