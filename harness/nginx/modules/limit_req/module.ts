import {
  accepted,
  FLAG,
  HTTP,
  HTTP_SERVER_LOCATION,
  modelled,
  number,
  oneOf,
  only,
  text,
} from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { defineZones, limitReq } from './compile.ts'
import { limitRate, limitReqStatus } from './run.ts'

/** How many requests may come in a time. */
export const LIMIT_REQ: Module = {
  module: 'ngx_http_limit_req_module',
  rows: {
    limit_req_zone: [HTTP, text(3, 3), modelled],
    limit_req: [HTTP_SERVER_LOCATION, text(1, 3), modelled],
    limit_req_log_level: [HTTP_SERVER_LOCATION, oneOf('info', 'notice', 'warn', 'error'), accepted(only('limit_req'))],
    limit_req_status: [HTTP_SERVER_LOCATION, number(400, 599), modelled],
    limit_req_dry_run: [HTTP_SERVER_LOCATION, FLAG, modelled],
  },
  define: defineZones,
  settings: limitReq,
  preaccess: limitRate,
  variables: { limit_req_status: limitReqStatus },
}
