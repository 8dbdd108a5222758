import {
  accepted,
  HTTP_SERVER_LOCATION,
  type ModuleTable,
  NUMBER,
  ONE_ONCE,
  only,
  PASS,
  type Rows,
  refused,
  setOf,
} from '../../core/directives/rule.ts'
import { connectionRows } from '../../core/upstreams/upstream-rows.ts'

const OF_PASS = accepted(only('memcached_pass'))

/** Other protocols to an upstream. Their `…_pass` alone is refused: without it the rest does nothing. */
export const PROTOCOLS_MODULES: readonly ModuleTable[] = [
  {
    module: 'ngx_http_memcached_module',
    rows: {
      memcached_pass: [PASS, ONE_ONCE, refused('sends the request on in another protocol', 'handler')],
      ...onlyBeside(connectionRows('memcached')),
      memcached_next_upstream: [
        HTTP_SERVER_LOCATION,
        setOf('error', 'timeout', 'invalid_response', 'not_found', 'off'),
        OF_PASS,
      ],
      memcached_gzip_flag: [HTTP_SERVER_LOCATION, NUMBER, OF_PASS],
    },
  },
]

/** What these rows say of a request, none comes to. */
function onlyBeside(rows: Rows): Rows {
  const named = Object.entries(rows).map(([name, [contexts, takes]]) => [name, [contexts, takes, OF_PASS]] as const)
  return Object.fromEntries(named)
}
