import { accepted, block, HASHES, HTTP, modelled, NUMBER } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { compileMap } from './compile.ts'

/** A variable by another one's value. */
export const MAP: Module = {
  module: 'ngx_http_map_module',
  rows: {
    map: [HTTP, block(2, 2), modelled],
    map_hash_max_size: [HTTP, NUMBER, accepted(HASHES)],
    map_hash_bucket_size: [HTTP, NUMBER, accepted(HASHES)],
  },
  define: (http, scope) => {
    for (const directive of http.all('map')) compileMap(directive, scope)
  },
}
