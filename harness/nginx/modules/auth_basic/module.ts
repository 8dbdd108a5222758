import { modelled, ONE_ONCE, WITH_LIMIT_EXCEPT } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { authBasic } from './compile.ts'
import { checkAuthBasic } from './run.ts'

/** Who may pass, by name and password. */
export const AUTH_BASIC: Module = {
  module: 'ngx_http_auth_basic_module',
  rows: {
    auth_basic: [WITH_LIMIT_EXCEPT, ONE_ONCE, modelled],
    auth_basic_user_file: [WITH_LIMIT_EXCEPT, ONE_ONCE, modelled],
  },
  settings: authBasic,
  access: checkAuthBasic,
}
