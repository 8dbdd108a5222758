import type { Directive } from '../syntax.ts'
import type { CompileScope } from './scope.ts'

/** Directives that the model leaves aside, but whose values nginx compiles: a variable in them must exist. */
const WITH_VALUES =
  /^(?:log_format|access_log|limit_conn_zone|limit_rate|limit_rate_after|http2_push|proxy_store|proxy_cache|proxy_cache_key|proxy_cache_bypass|proxy_no_cache|fastcgi_param|scgi_param|uwsgi_param)$/

/** Notes the variables in directives that nothing else looks at, so that an unknown one is told of. */
export function useVariables(directives: readonly Directive[], scope: CompileScope): void {
  for (const { name, args, block, span: at } of directives) {
    if (block !== null) useVariables(block, scope)
    if (name.text === 'limit_conn') refuseUnknownZone(args, at, scope)
    if (!WITH_VALUES.test(name.text)) continue
    for (const { text, span } of args) {
      for (const [, braced, plain] of text.matchAll(/\$(?:\{([A-Za-z0-9_]+)\}|([A-Za-z_][A-Za-z0-9_]*))/g)) {
        scope.variables.use(braced ?? plain ?? '', span)
      }
    }
  }
}

function refuseUnknownZone([zone]: Directive['args'], span: Directive['span'], scope: CompileScope): void {
  if (zone === undefined || scope.connZones.has(zone.text)) return
  scope.refuse('limit_conn', span, `its zone "${zone.text}" is not defined in the site file`)
}
