import type { Span } from '../../../diagnostics/span.ts'
import { lowerCase } from '../../syntax/wire.ts'
import type { VersionRules } from '../../versions.ts'
import type { CompileScope } from '../scope.ts'
import type { CgiParam, ToldParams } from './cgi-settings.ts'

/** A parameter that nginx tells by itself where no line has its name, and its value. */
type OwnParam = readonly [name: string, value: string]

const NOWHERE: Span = { file: '', line: 0, column: 0, length: 0 }

/** ngx_http_fastcgi_headers */
function ownParams(rules: VersionRules): readonly OwnParam[] {
  return rules.cgiHostByDefault ? [['HTTP_HOST', '$host$is_request_port$request_port']] : []
}

/** What keeps back the client's conditions where the answer may be kept (ngx_http_fastcgi_cache_headers). */
const OF_CACHE: readonly OwnParam[] = [
  ['HTTP_IF_MODIFIED_SINCE', '$upstream_cache_last_modified'],
  ['HTTP_IF_UNMODIFIED_SINCE', ''],
  ['HTTP_IF_NONE_MATCH', '$upstream_cache_etag'],
  ['HTTP_IF_MATCH', ''],
  ['HTTP_RANGE', ''],
  ['HTTP_IF_RANGE', ''],
]

/** Puts the lines of the file and nginx's own together (ngx_http_fastcgi_init_params). */
export function toldParams(params: readonly CgiParam[], isForCache: boolean, scope: CompileScope): ToldParams {
  const names = new Set(params.map(({ name }) => lowerCase(name)))
  const own = [...ownParams(scope.rules), ...(isForCache ? OF_CACHE : [])]
    .filter(([name]) => !names.has(lowerCase(name)))
    .map(([name, value]) => ({ name, value: scope.templateOf(value, NOWHERE), skipsEmpty: true, rule: null }))
  const lines = [...params, ...own]
  const ofHeaders = lines.map(({ name }) => name).filter((name) => name.startsWith('HTTP_') && name !== 'HTTP_')
  return {
    // `HTTP_X ""` only keeps the client's header back.
    lines: lines.filter(({ name, value }) => value.source !== '' || !ofHeaders.includes(name)),
    replaced: new Set(ofHeaders.map((name) => lowerCase(name.slice('HTTP_'.length)))),
  }
}
