import { gzipSync } from 'node:zlib'
import { bufferOf, bytesFrom } from '../../../chain/message.ts'
import {
  accepted,
  BUFFERS,
  COMPRESSION,
  FLAG,
  HTTP_SERVER_LOCATION,
  modelled,
  number,
  ONE_OR_MORE,
  refusedUnlessOff,
  SIZE,
  WITH_IF,
} from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { gzipSettings } from './compile.ts'
import { applyGzip } from './run.ts'

/** Compression of answers. */
export const GZIP: Module = {
  module: 'ngx_http_gzip_module',
  rows: {
    gzip: [WITH_IF, FLAG, modelled],
    gzip_buffers: [HTTP_SERVER_LOCATION, BUFFERS, accepted(COMPRESSION)],
    gzip_types: [HTTP_SERVER_LOCATION, ONE_OR_MORE, modelled],
    gzip_comp_level: [HTTP_SERVER_LOCATION, number(1, 9), accepted(COMPRESSION)],
    gzip_window: [HTTP_SERVER_LOCATION, SIZE, accepted(COMPRESSION)],
    gzip_hash: [HTTP_SERVER_LOCATION, SIZE, accepted(COMPRESSION)],
    postpone_gzipping: [HTTP_SERVER_LOCATION, SIZE, accepted(COMPRESSION)],
    gzip_no_buffer: [HTTP_SERVER_LOCATION, FLAG, refusedUnlessOff('spoils what gzip packs', 'answer')],
    gzip_min_length: [HTTP_SERVER_LOCATION, SIZE, modelled],
  },
  settings: gzipSettings,
  filter: (state, body) => (applyGzip(state) ? bytesFrom(gzipSync(bufferOf(body))) : body),
}
