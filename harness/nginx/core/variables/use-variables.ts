import type { Directive } from '../../syntax/syntax.ts'
import type { CompileScope } from '../scope.ts'

/** Directives that the model leaves aside, but whose values nginx compiles: a variable in them must exist. */
const WITH_VALUES =
  /^(?:log_format|access_log|auth_request_set|limit_conn_zone|limit_rate|limit_rate_after|http2_push|proxy_store|proxy_cache|proxy_cache_key|proxy_cache_bypass|proxy_no_cache|fastcgi_param|scgi_param|uwsgi_param)$/

/** Notes the variables in directives that nothing else looks at, so that an unknown one is reported. */
export function useVariables(directives: readonly Directive[], scope: CompileScope): void {
  for (const { name, args, block, span: at } of directives) {
    if (block !== null) useVariables(block, scope)
    if (name.text === 'limit_conn') checkZone(args, at, scope)
    if (name.text === 'proxy_cache') checkCache(args, at, scope)
    if (name.text === 'auth_request_set') declareByAuthRequest(args, at, scope)
    if (name.text === 'valid_referers') checkReferers(args, scope)
    if (!WITH_VALUES.test(name.text)) continue
    for (const { text, span } of args) {
      for (const [, braced, plain] of text.matchAll(/\$(?:\{([A-Za-z0-9_]+)\}|([A-Za-z_][A-Za-z0-9_]*))/g)) {
        scope.variables.use(braced ?? plain ?? '', span)
      }
    }
  }
}

/** `auth_request_set $NAME VALUE`: the variable is there, and empty as long as nothing asks for leave (ngx_http_auth_request_set). */
function declareByAuthRequest([variable]: Directive['args'], span: Directive['span'], scope: CompileScope): void {
  const [, name = ''] = /^\$(.+)$/s.exec(variable?.text ?? '') ?? []
  if (name === '') scope.error(span, `invalid variable name "${variable?.text}"`)
  else scope.settable(name, span)
}

/** A referer may be a regular expression, which nginx compiles whether `$invalid_referer` is read or not. */
function checkReferers(args: Directive['args'], scope: CompileScope): void {
  for (const { text, span } of args) if (text.startsWith('~')) scope.regex(text.slice(1), true, span)
}

function checkCache([zone]: Directive['args'], span: Directive['span'], scope: CompileScope): void {
  if (zone === undefined || zone.text === 'off' || zone.text.includes('$') || scope.cacheZones.has(zone.text)) return
  scope.definedElsewhere(span, `"proxy_cache" zone "${zone.text}" is unknown`)
}

function checkZone([zone]: Directive['args'], span: Directive['span'], scope: CompileScope): void {
  if (zone === undefined || scope.connZones.has(zone.text)) return
  scope.definedElsewhere(span, `zero size shared memory zone "${zone.text}"`)
}

/** nginx knows `combined` by itself, and every other format from the `log_format` that stands before (ngx_http_log_set_log). */
export function checkLogFormats(
  directives: readonly Directive[],
  scope: CompileScope,
  known = new Set(['combined']),
): void {
  for (const { name, args, block } of directives) {
    const [first, format] = args
    if (name.text === 'log_format' && first !== undefined) known.add(first.text)
    if (name.text === 'access_log' && format !== undefined && !known.has(format.text))
      scope.definedElsewhere(format.span, `unknown log format "${format.text}"`)
    if (block !== null) checkLogFormats(block, scope, known)
  }
}
