import {
  block,
  FLAG,
  HTTP,
  HTTP_SERVER_LOCATION,
  modelled,
  ONE_ONCE,
  ONE_OR_MORE,
  refused,
  refusedUnlessOff,
  WITH_IF,
} from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { charsetSettings } from './compile.ts'
import { applyCharset } from './run.ts'

/** The charset that answers name. */
export const CHARSET: Module = {
  module: 'ngx_http_charset_module',
  rows: {
    charset: [WITH_IF, ONE_ONCE, modelled],
    source_charset: [WITH_IF, ONE_ONCE, refusedUnlessOff('changes bodies')],
    override_charset: [WITH_IF, FLAG, refusedUnlessOff('changes Content-Type', 'answer')],
    charset_types: [HTTP_SERVER_LOCATION, ONE_OR_MORE, modelled],
    charset_map: [HTTP, block(2, 2), refused('changes bodies')],
  },
  settings: charsetSettings,
  filter: (state, body) => {
    applyCharset(state)
    return body
  },
}
