import { accepted, FLAG, HTTP, HTTP_SERVER_LOCATION, number, oneOf, only, TWO } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import type { CompileScope } from '../../core/scope.ts'
import { Slot } from '../../core/slot.ts'
import type { Block } from '../../syntax/block.ts'
import type { Directive } from '../../syntax/syntax.ts'

/** The zones of a site. */
const zones = new Slot<CompileScope, ReadonlySet<string>>(new Set())

/** How many requests there may be at a time. */
export const LIMIT_CONN: Module = {
  module: 'ngx_http_limit_conn_module',
  rows: {
    limit_conn_zone: [HTTP, TWO, accepted(only('limit_conn'))],
    limit_conn: [
      HTTP_SERVER_LOCATION,
      TWO,
      accepted('counts requests at the same time, and here they come one by one'),
    ],
    limit_conn_log_level: [
      HTTP_SERVER_LOCATION,
      oneOf('info', 'notice', 'warn', 'error'),
      accepted(only('limit_conn')),
    ],
    limit_conn_status: [HTTP_SERVER_LOCATION, number(400, 599), accepted(only('limit_conn'))],
    limit_conn_dry_run: [HTTP_SERVER_LOCATION, FLAG, accepted(only('limit_conn'))],
  },
  define: (http, scope) => zones.keep(scope, zoneNames(http)),
  look: { limit_conn: checkZone },
}

/** The names of every `limit_conn_zone` of the site. */
function zoneNames(http: Block): ReadonlySet<string> {
  const words = http.all('limit_conn_zone').flatMap(({ args }) => args.map(({ text }) => text))
  return new Set(words.flatMap((text) => /^zone=([^:]+):/.exec(text)?.[1] ?? []))
}
function checkZone({ args: [zone], span }: Directive, scope: CompileScope): void {
  if (zone === undefined || zones.of(scope).has(zone.text)) return
  scope.definedElsewhere(span, `zero size shared memory zone "${zone.text}"`)
}
