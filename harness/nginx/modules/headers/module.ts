import { modelled, refused, text, WITH_IF } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { headersSettings } from './compile.ts'
import { applyAddHeaders } from './run.ts'

/** Lines that are added to answers: `add_header`, `expires`. */
export const HEADERS: Module = {
  module: 'ngx_http_headers_module',
  rows: {
    expires: [WITH_IF, text(1, 2, 'once'), modelled],
    add_header: [WITH_IF, text(2, 3), modelled],
    add_trailer: [WITH_IF, text(2, 3), refused('sets response headers', 'answer')],
  },
  settings: headersSettings,
  filter: (state, body) => {
    applyAddHeaders(state)
    return body
  },
}
