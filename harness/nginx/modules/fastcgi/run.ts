import type { Header } from '../../../chain/message.ts'
import { type CgiModule, cgiPass } from '../../core/cgi/cgi-pass.ts'
import { regexMatch } from '../../core/request/regex-match.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { Slot } from '../../core/slot.ts'
import { fastCgi, split } from './compile.ts'

/** What one record holds (ngx_http_fastcgi_create_request). */
const LONGEST_RECORD = 65_535

/** A script and what follows it in the URI (ngx_http_fastcgi_ctx_t). */
interface Parts {
  readonly script: string
  readonly pathInfo: string
}

const parts = new Slot<object, Parts | null>(null)

const FASTCGI: CgiModule = {
  protocol: 'fastcgi',
  settings: fastCgi,
  isTooLong: (params) => params.reduce((sum, pair) => sum + pairBytes(pair), 0) > LONGEST_RECORD,
  // Whoever asks from here on is told of the URI as it is now, and not as it was before `try_files`.
  begin: ({ contexts }) => parts.keep(contexts, null),
}

export const passToFastCgi = cgiPass(FASTCGI)

function pairBytes([name, value]: Header): number {
  const ofLength = (text: string): number => (text.length > 127 ? 4 : 1)
  return 1 + ofLength(value) + name.length + value.length
}

/** `$fastcgi_script_name`, with `fastcgi_index` behind a slash at its end. */
export function scriptName(state: RequestState): string {
  const { script } = partsOf(state)
  return script.endsWith('/') ? script + split.of(state.location.settings).index : script
}

/** `$fastcgi_path_info` */
export function pathInfo(state: RequestState): string {
  return partsOf(state).pathInfo
}

/** ngx_http_fastcgi_split: once, until the request is sent on or comes to another URI from inside. */
function partsOf(state: RequestState): Parts {
  const known = parts.of(state.contexts)
  if (known !== null && known.script !== '') return known
  const { pattern } = split.of(state.location.settings)
  const match = pattern === null ? null : regexMatch(pattern.regex, state.uri, pattern.rule)
  const found =
    match === null ? { script: state.uri, pathInfo: '' } : { script: match[1] ?? '', pathInfo: match[2] ?? '' }
  parts.keep(state.contexts, found)
  return found
}
