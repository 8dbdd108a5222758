import { HTTP_SERVER_LOCATION, modelled, ONE_ONCE, TWO } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { authRequest } from './compile.ts'
import { checkAuthRequest } from './run.ts'

/** Who may pass, by what another location answers. It is asked last. */
export const AUTH_REQUEST: Module = {
  module: 'ngx_http_auth_request_module',
  rows: {
    auth_request: [HTTP_SERVER_LOCATION, ONE_ONCE, modelled],
    auth_request_set: [HTTP_SERVER_LOCATION, TWO, modelled],
  },
  settings: authRequest,
  access: checkAuthRequest,
}
