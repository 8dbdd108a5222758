import { FLAG, HTTP_SERVER_LOCATION, modelled, ONE_OR_MORE, TWO } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { subSettings } from './compile.ts'
import { applySub } from './run.ts'

/** Texts of bodies that are replaced. */
export const SUB: Module = {
  module: 'ngx_http_sub_module',
  rows: {
    sub_filter: [HTTP_SERVER_LOCATION, TWO, modelled],
    sub_filter_types: [HTTP_SERVER_LOCATION, ONE_OR_MORE, modelled],
    sub_filter_once: [HTTP_SERVER_LOCATION, FLAG, modelled],
    sub_filter_last_modified: [HTTP_SERVER_LOCATION, FLAG, modelled],
  },
  settings: subSettings,
  filter: applySub,
}
