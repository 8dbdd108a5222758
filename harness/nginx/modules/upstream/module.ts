import {
  accepted,
  block,
  CONNECTIONS,
  HTTP,
  modelled,
  NONE,
  NUMBER,
  ONE_ONCE,
  ONE_OR_MORE,
  ONE_OR_TWO,
  refused,
  TIME,
  text,
  UPSTREAM,
} from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { compileUpstream } from './compile.ts'

/** Groups of upstream servers. */
export const UPSTREAMS: Module = {
  module: 'ngx_http_upstream_module',
  rows: {
    upstream: [HTTP, block(1, 1), modelled],
    server: [UPSTREAM, ONE_OR_MORE, modelled],
    hash: [UPSTREAM, ONE_OR_TWO, modelled],
    ip_hash: [UPSTREAM, NONE, modelled],
    least_conn: [UPSTREAM, NONE, modelled],
    sticky: [UPSTREAM, text(1, Number.POSITIVE_INFINITY), refused('keeps a client with a server', 'proxied')],
    least_time: [UPSTREAM, text(1, 2), refused('chooses among servers by their time', 'proxied')],
    random: [UPSTREAM, text(0, 2), refused('chooses among servers in another way', 'proxied')],
    keepalive: [UPSTREAM, ONE_ONCE, accepted(CONNECTIONS)],
    keepalive_time: [UPSTREAM, TIME, accepted(CONNECTIONS)],
    keepalive_timeout: [UPSTREAM, TIME, accepted(CONNECTIONS)],
    keepalive_requests: [UPSTREAM, NUMBER, accepted(CONNECTIONS)],
    zone: [UPSTREAM, ONE_OR_TWO, accepted('shares memory between workers')],
  },
  define: (http, scope) => {
    for (const directive of http.all('upstream')) compileUpstream(directive, http, scope)
  },
}
