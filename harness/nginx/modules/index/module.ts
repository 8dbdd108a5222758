import { HTTP_SERVER_LOCATION, modelled, ONE_OR_MORE } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'

/** The file that answers for a folder. The static module asks for it. */
export const INDEX: Module = {
  module: 'ngx_http_index_module',
  rows: {
    index: [HTTP_SERVER_LOCATION, ONE_OR_MORE, modelled],
  },
}
