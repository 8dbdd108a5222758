import { regexMatch } from '../../core/request/regex-match.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import type { Regex } from '../../pattern/regex.ts'
import { lowerCase } from '../../syntax/wire.ts'
import { type Referers, referers } from './compile.ts'

/** `$invalid_referer`: `1` where the Referer is none of those that `valid_referers` names, else empty (ngx_http_referer_variable). */
export function invalidReferer(state: RequestState): string {
  return isValid(state, referers.of(state.location.settings)) ? '' : '1'
}

/** Hosts up to this many bytes are looked at. */
const MAX_HOST = 256

function isValid(state: RequestState, valid: Referers): boolean {
  const ofServer = valid.serverNames ? state.server.names.flatMap(({ regex }) => regex ?? []) : []
  if (valid.hosts.isEmpty && valid.regexes.length === 0 && ofServer.length === 0) return true
  const referer = state.header('referer')
  if (referer === undefined) return valid.none
  const [scheme] = referer.length < 'http://i.ru'.length ? [] : (/^https?:\/\//i.exec(referer) ?? [])
  if (scheme === undefined) return valid.blocked
  const rest = referer.slice(scheme.length)
  const [written = ''] = /^[^/:]*/.exec(rest) ?? []
  if (written.length > MAX_HOST) return false
  const host = lowerCase(written)
  const uri = valid.hosts.find(host)
  if (uri !== undefined) return uri === '' || uriOf(rest, written).startsWith(uri)
  const matches = (text: string) => (regex: Regex) => regexMatch(regex, text, state.location.rule) !== null
  return ofServer.some(matches(host)) || valid.regexes.some(matches(rest))
}

/** What stands behind the host and its port. */
function uriOf(rest: string, host: string): string {
  const slash = rest.indexOf('/', host.length)
  return slash === -1 ? '' : rest.slice(slash)
}
