import {
  accepted,
  FLAG,
  HTTP,
  HTTP_SERVER_LOCATION,
  type ModuleTable,
  modelled,
  number,
  ONE,
  ONE_ONCE,
  oneOf,
  only,
  refusedUnlessOff,
  TWO,
  text,
  WITH_LIMIT_EXCEPT,
} from '../../core/directives/rule.ts'

/** Modules that decide who may pass, and who a client is. */
export const ACCESS_MODULES: readonly ModuleTable[] = [
  {
    module: 'ngx_http_access_module',
    rows: {
      allow: [WITH_LIMIT_EXCEPT, ONE, modelled],
      deny: [WITH_LIMIT_EXCEPT, ONE, modelled],
    },
  },
  {
    module: 'ngx_http_auth_basic_module',
    rows: {
      auth_basic: [WITH_LIMIT_EXCEPT, ONE_ONCE, modelled],
      auth_basic_user_file: [WITH_LIMIT_EXCEPT, ONE_ONCE, modelled],
    },
  },
  {
    module: 'ngx_http_auth_request_module',
    rows: {
      auth_request: [
        HTTP_SERVER_LOCATION,
        ONE_ONCE,
        refusedUnlessOff('asks another location whether a request may pass', 'access'),
      ],
      auth_request_set: [HTTP_SERVER_LOCATION, TWO, accepted(only('auth_request'))],
    },
  },
  {
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
  },
  {
    module: 'ngx_http_limit_req_module',
    rows: {
      limit_req_zone: [HTTP, text(3, 3), modelled],
      limit_req: [HTTP_SERVER_LOCATION, text(1, 3), modelled],
      limit_req_log_level: [
        HTTP_SERVER_LOCATION,
        oneOf('info', 'notice', 'warn', 'error'),
        accepted(only('limit_req')),
      ],
      limit_req_status: [HTTP_SERVER_LOCATION, number(400, 599), modelled],
      limit_req_dry_run: [HTTP_SERVER_LOCATION, FLAG, modelled],
    },
  },
  {
    module: 'ngx_http_realip_module',
    rows: {
      set_real_ip_from: [HTTP_SERVER_LOCATION, ONE, modelled],
      real_ip_header: [HTTP_SERVER_LOCATION, ONE_ONCE, modelled],
      real_ip_recursive: [HTTP_SERVER_LOCATION, FLAG, modelled],
    },
  },
]
