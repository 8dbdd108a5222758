import {
  accepted,
  HTTP,
  HTTP_SERVER_LOCATION,
  LOGS,
  ONE_OR_MORE,
  PATH,
  TWO_OR_MORE,
} from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import type { CompileScope } from '../../core/scope.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { accessLogs, defineFormats } from './compile.ts'
import { logRequest } from './run.ts'

/** Logs. */
export const LOG: Module = {
  module: 'ngx_http_log_module',
  rows: {
    log_format: [HTTP, TWO_OR_MORE, accepted(LOGS)],
    access_log: [['http', 'server', 'location', 'if in location', 'limit_except'], ONE_OR_MORE, accepted(LOGS)],
    open_log_file_cache: [HTTP_SERVER_LOCATION, PATH, accepted(LOGS)],
  },
  define: (http, scope) => {
    checkFormats(http.directives, scope, new Set(['combined']))
    defineFormats(http, scope)
  },
  settings: accessLogs,
  log: logRequest,
}

/** nginx knows `combined` by itself, and every other format from the `log_format` that stands before (ngx_http_log_set_log). */
function checkFormats(directives: readonly Directive[], scope: CompileScope, known: Set<string>): void {
  for (const { name, args, block } of directives) {
    const [first, format] = args
    if (name.text === 'log_format' && first !== undefined) known.add(first.text)
    if (name.text === 'access_log' && format !== undefined && !known.has(format.text))
      scope.definedElsewhere(format.span, `unknown log format "${format.text}"`)
    if (block !== null) checkFormats(block, scope, known)
  }
}
