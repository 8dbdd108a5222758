import { expect, test } from 'vitest'
import { MODULES } from '../modules.ts'
import { DEFAULT_VERSION, hasDirective } from '../versions.ts'
import { ACCEPTED_LINES, ACCEPTED_VALUES } from './cases/accepted.ts'

/** What the nginx of the cases knows. */
const ROWS = MODULES.flatMap(({ rows }) => Object.entries(rows)).filter(([name]) => hasDirective(DEFAULT_VERSION, name))

/** Reasons to accept a directive without a case: it takes effect beside another one, or on connections of TLS and HTTP/2 alone. */
const BESIDE = /^takes effect with (\S+) alone$/
const OTHER_CONNECTIONS =
  /^(?:TLS ends here|tunes HTTP\/2|is about (?:nginx's processes|other protocols)|sends responses the client did not ask for)/

/** Directives that are in force beside others, although they are not refused: what stands beside them is read when they come to it. */
const ASKED = [
  'limit_req',
  'limit_conn',
  'autoindex',
  'mp4',
  '$invalid_referer',
  'proxy_pass',
  'uwsgi_pass',
  'proxy_ssl_verify',
  'proxy_ssl_certificate',
  'grpc_ssl_verify',
  'grpc_ssl_certificate',
  'ssl_verify_client',
]

test('every accepted directive has a case that proves it harmless, or takes no effect by itself', () => {
  const unproven = ROWS.flatMap(([name, [, , support]]) => {
    if (support.support !== 'accepted' || OTHER_CONNECTIONS.test(support.why)) return []
    const beside = BESIDE.exec(support.why)?.[1]
    if (beside !== undefined && (ASKED.includes(beside) || isRefused(beside))) return []
    return Object.hasOwn(ACCEPTED_VALUES, name) || Object.hasOwn(ACCEPTED_LINES, name) ? [] : [name]
  })
  expect(unproven).toEqual([])
})

test('no case is about a directive that the model knows', () => {
  const known = [...Object.keys(ACCEPTED_VALUES), ...Object.keys(ACCEPTED_LINES)].filter(
    (name) => !ROWS.some(([row, [, , support]]) => row === name && isAccepted(support)),
  )
  expect(known).toEqual([])
})

function isRefused(name: string): boolean {
  return ROWS.some(([row, [, , { support }]]) => row === name && support === 'refused')
}

function isAccepted(support: (typeof ROWS)[number][1][2]): boolean {
  return support.support === 'accepted' || (support.support === 'refused' && support.unless === 'not zero')
}
