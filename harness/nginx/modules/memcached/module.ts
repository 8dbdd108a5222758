import { HTTP_SERVER_LOCATION, modelled, NUMBER, ONE_ONCE, PASS, refused, setOf } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { connectionRows } from '../../core/upstreams/upstream-rows.ts'
import { memcached, memcachedPassIn } from './compile.ts'
import { passToMemcached } from './run.ts'

/** Values of memcached. */
export const MEMCACHED: Module = {
  module: 'ngx_http_memcached_module',
  rows: {
    memcached_pass: [PASS, ONE_ONCE, modelled],
    ...connectionRows('memcached'),
    memcached_next_upstream: [
      HTTP_SERVER_LOCATION,
      setOf('error', 'timeout', 'invalid_response', 'not_found', 'off'),
      modelled,
    ],
    memcached_gzip_flag: [HTTP_SERVER_LOCATION, NUMBER, refused('looks at the flags of a value', 'memcached')],
  },
  settings: memcached,
  pass: memcachedPassIn,
  content: passToMemcached,
}
