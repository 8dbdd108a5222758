import { defineCaches } from '../../core/cache/compile-cache.ts'
import { cgiRows } from '../../core/cgi/cgi-rows.ts'
import { cgiPassIn } from '../../core/cgi/compile-cgi-pass.ts'
import {
  accepted,
  BUFFERING,
  CONNECTIONS,
  FLAG,
  HTTP_SERVER_LOCATION,
  modelled,
  ONE,
  ONE_ONCE,
  SIZE,
} from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { fastCgi, split } from './compile.ts'
import { passToFastCgi, pathInfo, scriptName } from './run.ts'

/** FastCGI to an application, PHP-FPM in most cases. */
export const FASTCGI: Module = {
  module: 'ngx_http_fastcgi_module',
  rows: {
    ...cgiRows('fastcgi'),
    fastcgi_index: [HTTP_SERVER_LOCATION, ONE_ONCE, modelled],
    fastcgi_split_path_info: [HTTP_SERVER_LOCATION, ONE, modelled],
    fastcgi_send_lowat: [HTTP_SERVER_LOCATION, SIZE, accepted(BUFFERING)],
    fastcgi_catch_stderr: [
      HTTP_SERVER_LOCATION,
      ONE,
      accepted('looks at what an application writes to stderr: stubs write nothing there'),
    ],
    fastcgi_keep_conn: [HTTP_SERVER_LOCATION, FLAG, accepted(CONNECTIONS)],
  },
  define: (http, scope) => defineCaches('fastcgi', http, scope),
  settings: {
    inherit: (...of) => {
      fastCgi.inherit(...of)
      split.inherit(...of)
    },
  },
  pass: cgiPassIn('fastcgi'),
  content: passToFastCgi,
  variablesReadAgain: { fastcgi_script_name: scriptName, fastcgi_path_info: pathInfo },
}
