import { block, HTTP, modelled } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { compileSplitClients } from './compile.ts'

/** A variable by shares of a hash. */
export const SPLIT_CLIENTS: Module = {
  module: 'ngx_http_split_clients_module',
  rows: {
    split_clients: [HTTP, block(2, 2), modelled],
  },
  define: (http, scope) => {
    for (const directive of http.all('split_clients')) compileSplitClients(directive, scope)
  },
}
