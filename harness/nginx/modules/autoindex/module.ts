import { accepted, FLAG, HTTP_SERVER_LOCATION, modelled, oneOf, only } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'

/** Lists of files, which are refused where a request comes to one. */
export const AUTOINDEX: Module = {
  module: 'ngx_http_autoindex_module',
  rows: {
    autoindex: [HTTP_SERVER_LOCATION, FLAG, modelled],
    autoindex_format: [HTTP_SERVER_LOCATION, oneOf('html', 'json', 'jsonp', 'xml'), accepted(only('autoindex'))],
    autoindex_localtime: [HTTP_SERVER_LOCATION, FLAG, accepted(only('autoindex'))],
    autoindex_exact_size: [HTTP_SERVER_LOCATION, FLAG, accepted(only('autoindex'))],
  },
}
