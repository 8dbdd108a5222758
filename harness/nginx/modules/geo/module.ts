import { block, HTTP, modelled } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { compileGeo } from './compile.ts'

/** A variable by an address. */
export const GEO: Module = {
  module: 'ngx_http_geo_module',
  rows: {
    geo: [HTTP, block(1, 2), modelled],
  },
  define: (http, scope) => {
    for (const directive of http.all('geo')) compileGeo(directive, scope)
  },
}
