import {
  accepted,
  FLAG,
  HTTP_SERVER_LOCATION,
  modelled,
  ONE_OR_MORE,
  only,
  SIZE,
  WITH_IF,
} from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { ssiSettings } from './compile.ts'
import { applySsi } from './run.ts'

/** Server Side Includes. An answer with a command in it is refused. */
export const SSI: Module = {
  module: 'ngx_http_ssi_module',
  rows: {
    ssi: [WITH_IF, FLAG, modelled],
    ssi_silent_errors: [HTTP_SERVER_LOCATION, FLAG, accepted(only('ssi'))],
    ssi_ignore_recycled_buffers: [HTTP_SERVER_LOCATION, FLAG, accepted(only('ssi'))],
    ssi_min_file_chunk: [HTTP_SERVER_LOCATION, SIZE, accepted(only('ssi'))],
    ssi_value_length: [HTTP_SERVER_LOCATION, SIZE, accepted(only('ssi'))],
    ssi_types: [HTTP_SERVER_LOCATION, ONE_OR_MORE, modelled],
    ssi_last_modified: [HTTP_SERVER_LOCATION, FLAG, modelled],
  },
  settings: ssiSettings,
  filter: applySsi,
}
