import { createHash, timingSafeEqual } from 'node:crypto'
import type { Rule } from '../../../trace/trace.ts'
import { credentialsOf } from '../../core/request/credentials.ts'
import { refuseRequest } from '../../core/request/refuse-request.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { addHeader } from '../../core/response/response-head.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import { apr1 } from './apr1.ts'
import { authBasic } from './compile.ts'

/** Where nginx looks for a user file whose path is not absolute: the folder of nginx.conf. */
const CONF_DIR = '/etc/nginx/'

/** What `auth_basic` says of a request: null where it has nothing to say (ngx_http_auth_basic_handler). */
export function checkAuthBasic(state: RequestState): 'ok' | 401 | 403 | null {
  const { realm, userFile } = authBasic.of(state.location.settings)
  if (realm === null || userFile === null) return null
  const name = evaluate(realm.text, state)
  if (name === 'off') return null
  const credentials = credentialsOf(state)
  if (credentials === null) {
    state.rule = realm.rule
    state.because({ kind: 'password-wanted', line: realm.rule.text }, realm.rule.span)
    return challenge(state, name)
  }
  const text = readUsers(state, evaluate(userFile.path, state), userFile.rule)
  if (text === null) return 403
  const stored = passwordOf(text, credentials.user)
  if (stored !== null && matches(credentials.password, stored, userFile.rule)) return 'ok'
  state.rule = userFile.rule
  state.because({ kind: 'password-unknown', line: userFile.rule.text }, userFile.rule.span)
  return challenge(state, name)
}

function challenge(state: RequestState, realm: string): 401 {
  state.challenges = [addHeader(state.head, ['WWW-Authenticate', `Basic realm="${realm}"`])]
  return 401
}

function readUsers(state: RequestState, path: string, rule: Rule): string | null {
  const { file } = state.site
  if (file === null) return refuseRequest(rule, `${rule.text} is looked into, and no files are known`)
  const entry = file(path.startsWith('/') ? path : CONF_DIR + path)
  if (entry?.kind === 'file') return entry.bytes.toString('latin1')
  state.rule = rule
  state.because({ kind: 'no-password-file', path }, rule.span)
  return null
}

/** `user:password:comment`, a line each. */
function passwordOf(text: string, user: string): string | null {
  const line = text.split('\n').find((candidate) => !candidate.startsWith('#') && candidate.startsWith(`${user}:`))
  return line === undefined ? null : (line.slice(user.length + 1).split(/[:\r]/, 1)[0] ?? '')
}

/** ngx_crypt, as far as it does not rest on the C library. */
function matches(password: string, stored: string, rule: Rule): boolean {
  if (stored.startsWith('{PLAIN}')) return stored.slice('{PLAIN}'.length) === password
  const bytes = Buffer.from(password, 'latin1')
  if (stored.startsWith('{SHA}')) return sameHash(createHash('sha1').update(bytes).digest(), stored.slice(5))
  if (stored.startsWith('$apr1$')) return apr1(bytes, stored) === stored
  return refuseRequest(rule, 'passwords that the C library encrypts are not modelled')
}

function sameHash(hash: Buffer, base64: string): boolean {
  const stored = Buffer.from(base64, 'base64')
  return hash.length === stored.length && timingSafeEqual(hash, stored)
}
