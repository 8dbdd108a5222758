import {
  accepted,
  HTTP,
  HTTP_SERVER_LOCATION,
  LOGS,
  type ModuleTable,
  ONE_OR_MORE,
  PATH,
  TWO_OR_MORE,
} from '../../core/directives/rule.ts'

/** Logs. */
export const LOG_MODULES: readonly ModuleTable[] = [
  {
    module: 'ngx_http_log_module',
    rows: {
      log_format: [HTTP, TWO_OR_MORE, accepted(LOGS)],
      access_log: [['http', 'server', 'location', 'if in location', 'limit_except'], ONE_OR_MORE, accepted(LOGS)],
      open_log_file_cache: [HTTP_SERVER_LOCATION, PATH, accepted(LOGS)],
    },
  },
]
