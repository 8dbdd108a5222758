import { modelled, ONE, WITH_LIMIT_EXCEPT } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { accessRules } from './compile.ts'
import { checkAccess } from './run.ts'

/** Who may pass, by address. */
export const ACCESS: Module = {
  module: 'ngx_http_access_module',
  rows: {
    allow: [WITH_LIMIT_EXCEPT, ONE, modelled],
    deny: [WITH_LIMIT_EXCEPT, ONE, modelled],
  },
  settings: accessRules,
  access: checkAccess,
}
