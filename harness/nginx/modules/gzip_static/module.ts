import { HTTP_SERVER_LOCATION, modelled, oneOf } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { gzipStatic } from './compile.ts'
import { answerFromCompressed } from './run.ts'

/** Files that lie compressed beside the plain ones. */
export const GZIP_STATIC: Module = {
  module: 'ngx_http_gzip_static_module',
  rows: { gzip_static: [HTTP_SERVER_LOCATION, oneOf('off', 'on', 'always'), modelled] },
  settings: gzipStatic,
  content: answerFromCompressed,
}
