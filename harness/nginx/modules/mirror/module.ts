import { FLAG, HTTP_SERVER_LOCATION, modelled, ONE } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { mirror } from './compile.ts'
import { mirrorRequest } from './run.ts'

/** Sends a request a second time, to nobody's notice. */
export const MIRROR: Module = {
  module: 'ngx_http_mirror_module',
  rows: {
    mirror: [HTTP_SERVER_LOCATION, ONE, modelled],
    mirror_request_body: [HTTP_SERVER_LOCATION, FLAG, modelled],
  },
  settings: mirror,
  precontent: mirrorRequest,
}
