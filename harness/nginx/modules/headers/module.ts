import { accepted, modelled, oneOf, only, refused, text, WITH_IF } from '../../core/directives/rule.ts'
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
    add_header_inherit: [
      WITH_IF,
      oneOf('on', 'off', 'merge'),
      refused('changes which add_header lines of other levels count', 'answer'),
    ],
    add_trailer_inherit: [WITH_IF, oneOf('on', 'off', 'merge'), accepted(only('add_trailer'))],
  },
  settings: headersSettings,
  filter: (state, body) => {
    applyAddHeaders(state)
    return body
  },
}
