import { FLAG, HTTP_SERVER_LOCATION, modelled, ONE, ONE_ONCE } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { realIp } from './compile.ts'
import { takeRealIp } from './run.ts'

/** Who the client is, by what a trusted proxy says. */
export const REALIP: Module = {
  module: 'ngx_http_realip_module',
  rows: {
    set_real_ip_from: [HTTP_SERVER_LOCATION, ONE, modelled],
    real_ip_header: [HTTP_SERVER_LOCATION, ONE_ONCE, modelled],
    real_ip_recursive: [HTTP_SERVER_LOCATION, FLAG, modelled],
  },
  settings: realIp,
  postRead: takeRealIp,
  preaccess: (state) => {
    takeRealIp(state)
    return null
  },
}
