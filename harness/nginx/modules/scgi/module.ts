import { cgiPass } from '../../core/cgi/cgi-pass.ts'
import { cgiRows } from '../../core/cgi/cgi-rows.ts'
import { cgiSettings } from '../../core/cgi/compile-cgi.ts'
import { cgiPassIn } from '../../core/cgi/compile-cgi-pass.ts'
import type { Module } from '../../core/module.ts'

const settings = cgiSettings('scgi')

/** SCGI to an application. nginx itself tells it how long the body is, before all else. */
export const SCGI: Module = {
  module: 'ngx_http_scgi_module',
  rows: cgiRows('scgi'),
  settings,
  pass: cgiPassIn('scgi'),
  content: cgiPass({
    protocol: 'scgi',
    settings,
    own: (bodyBytes) => [['CONTENT_LENGTH', String(bodyBytes)]],
  }),
}
