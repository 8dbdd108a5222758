import {
  accepted,
  block,
  FLAG,
  LOGS,
  type ModuleTable,
  modelled,
  NONE,
  ONE_OR_TWO,
  REWRITE,
  SERVER_LOCATION,
  TWO,
  text,
} from '../../core/directives/rule.ts'

/** rewrite, return, set, if. */
export const REWRITE_MODULES: readonly ModuleTable[] = [
  {
    module: 'ngx_http_rewrite_module',
    rows: {
      rewrite: [REWRITE, text(2, 3), modelled],
      return: [REWRITE, ONE_OR_TWO, modelled],
      break: [REWRITE, NONE, modelled],
      if: [SERVER_LOCATION, block(1, Number.POSITIVE_INFINITY), modelled],
      set: [REWRITE, TWO, modelled],
      rewrite_log: [['http', 'server', 'location', 'if in server', 'if in location'], FLAG, accepted(LOGS)],
      uninitialized_variable_warn: [
        ['http', 'server', 'location', 'if in server', 'if in location'],
        FLAG,
        accepted(LOGS),
      ],
    },
  },
]
