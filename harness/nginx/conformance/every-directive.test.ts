import { expect, test } from 'vitest'
import { MODULES } from '../modules.ts'
import { FAMILIES } from './cases/index.ts'

/** Directives that a case cannot show, or that have their tests elsewhere, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  events: 'a whole nginx.conf: load-site-file.nginx.test.ts',
  include: 'files beside the site: load-site-file.nginx.test.ts',
  log_subrequest: 'what is logged is no answer',
  msie_padding: 'padding for browsers that nobody has',
  limit_rate_after: 'an answer that takes seconds is refused',
  proxy_limit_rate: 'an answer that takes seconds is refused',
  proxy_connect_timeout: 'time: the contract of the environments',
  proxy_send_timeout: 'time: the contract of the environments',
  resolver: 'names: the contract of the environments',
  resolver_timeout: 'names: the contract of the environments',
  proxy_cache_lock: 'one request at a time waits for nobody',
  proxy_cache_lock_age: 'one request at a time waits for nobody',
  proxy_cache_lock_timeout: 'one request at a time waits for nobody',
  ssl_reject_handshake: 'scenarios/tls',
  autoindex: 'a list of files is refused',
}

const inCases = new Set(
  Object.values(FAMILIES)
    .flat()
    .flatMap(({ site }) => site.match(/[a-z0-9_]+/g) ?? []),
)

test('every directive that is modelled stands in a case that the real nginx judges', () => {
  const without = MODULES.flatMap(({ rows }) =>
    Object.entries(rows)
      .filter(([, row]) => row?.[2].support === 'modelled')
      .map(([name]) => name)
      // One table serves whatever sends requests to upstreams: a case of one is a case of all.
      .filter((name) => ![name, name.replace(/^(?:fastcgi|scgi|uwsgi|grpc|memcached)_/, 'proxy_')].some(isCovered)),
  )
  expect(without).toEqual([])
})

test('what has its tests elsewhere has no case', () => {
  expect(Object.keys(ELSEWHERE).filter((name) => inCases.has(name))).toEqual([])
})

function isCovered(name: string): boolean {
  return inCases.has(name) || name in ELSEWHERE
}
