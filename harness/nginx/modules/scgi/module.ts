import { defineCaches } from '../../core/cache/compile-cache.ts'
import { cgiRows } from '../../core/cgi/cgi-rows.ts'
import { cgiPassIn } from '../../core/cgi/compile-cgi-pass.ts'
import type { Module } from '../../core/module.ts'
import { scgi } from './compile.ts'
import { passToScgi } from './run.ts'

/** SCGI to an application. */
export const SCGI: Module = {
  module: 'ngx_http_scgi_module',
  rows: cgiRows('scgi'),
  define: (http, scope) => defineCaches('scgi', http, scope),
  settings: scgi,
  pass: cgiPassIn('scgi'),
  content: passToScgi,
}
