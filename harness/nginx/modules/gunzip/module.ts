import { accepted, BUFFERS, COMPRESSION, FLAG, HTTP_SERVER_LOCATION, modelled } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { gunzip } from './compile.ts'
import { applyGunzip } from './run.ts'

/** Compressed answers, unpacked for clients that do not take them. */
export const GUNZIP: Module = {
  module: 'ngx_http_gunzip_module',
  rows: {
    gunzip: [HTTP_SERVER_LOCATION, FLAG, modelled],
    gunzip_buffers: [HTTP_SERVER_LOCATION, BUFFERS, accepted(COMPRESSION)],
  },
  settings: gunzip,
  filter: applyGunzip,
}
