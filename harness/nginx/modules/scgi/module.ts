import { cgiRows } from '../../core/cgi/cgi-rows.ts'
import { cgiPassIn } from '../../core/cgi/compile-cgi-pass.ts'
import type { Module } from '../../core/module.ts'
import { scgi } from './compile.ts'
import { passToScgi } from './run.ts'

/** SCGI to an application. */
export const SCGI: Module = {
  module: 'ngx_http_scgi_module',
  rows: cgiRows('scgi'),
  settings: scgi,
  pass: cgiPassIn('scgi'),
  content: passToScgi,
}
