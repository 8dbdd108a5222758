import type { Directive } from '../../syntax/syntax.ts'
import type { CompileScope } from '../scope.ts'

/** Directives that the model leaves aside, but whose values nginx compiles: a variable in them must exist. */
const WITH_VALUES =
  /^(?:log_format|access_log|auth_request_set|limit_conn_zone|limit_rate|limit_rate_after|http2_push|proxy_store|proxy_cache|proxy_cache_key|proxy_cache_bypass|proxy_no_cache|fastcgi_param|scgi_param|uwsgi_param)$/

/** Notes the variables in directives that nothing else looks at, so that an unknown one is reported. */
export function useVariables(directives: readonly Directive[], scope: CompileScope): void {
  for (const directive of directives) {
    const { name, args, block } = directive
    if (block !== null) useVariables(block, scope)
    for (const { look } of scope.modules) look?.[name.text]?.(directive, scope)
    if (!WITH_VALUES.test(name.text)) continue
    for (const { text, span } of args) {
      for (const [, braced, plain] of text.matchAll(/\$(?:\{([A-Za-z0-9_]+)\}|([A-Za-z_][A-Za-z0-9_]*))/g)) {
        scope.variables.use(braced ?? plain ?? '', span)
      }
    }
  }
}
