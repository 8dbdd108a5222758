import type { Directive } from '../../syntax/syntax.ts'
import type { CompileScope } from '../scope.ts'

/** Directives that the model leaves aside, but whose values nginx compiles: a variable in them must exist. */
const WITH_VALUES =
  /^(?:log_format|access_log|auth_request_set|limit_conn_zone|limit_rate|limit_rate_after|http2_push|proxy_store|proxy_cache|proxy_cache_key|proxy_cache_bypass|proxy_no_cache|fastcgi_param|scgi_param|uwsgi_param)$/

/** Notes the variables in directives that nothing else looks at, so that an unknown one is reported. */
export function useVariables(directives: readonly Directive[], scope: CompileScope): void {
  for (const { name, args, block, span: at } of directives) {
    if (block !== null) useVariables(block, scope)
    if (name.text === 'limit_conn') refuseUnknownZone(args, at, scope)
    if (name.text === 'proxy_cache') refuseUnknownCache(args, at, scope)
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

/** A zone of a cache may be defined in nginx.conf; where it is not, nginx does not start. */
function refuseUnknownCache([zone]: Directive['args'], span: Directive['span'], scope: CompileScope): void {
  if (zone === undefined || zone.text === 'off' || zone.text.includes('$') || scope.cacheZones.has(zone.text)) return
  scope.refuse('proxy_cache', span, `its zone "${zone.text}" is not defined in the site file`)
}

function refuseUnknownZone([zone]: Directive['args'], span: Directive['span'], scope: CompileScope): void {
  if (zone === undefined || scope.connZones.has(zone.text)) return
  scope.refuse('limit_conn', span, `its zone "${zone.text}" is not defined in the site file`)
}
