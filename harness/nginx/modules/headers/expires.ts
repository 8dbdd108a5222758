import type { Rule } from '../../../trace/trace.ts'
import { refuseRequest } from '../../core/request/refuse-request.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { httpTime, parseHttpTime } from '../../core/response/http-time.ts'
import { addHeader, headerOf } from '../../core/response/response-head.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import { parseTimeMs } from '../../syntax/values.ts'
import { type Expires, headersSettings } from './compile.ts'

/** What `expires` writes into Expires and Cache-Control. */
type Lines = readonly [expires: string, cacheControl: string]

const WORDS: Readonly<Record<string, Lines>> = {
  epoch: ['Thu, 01 Jan 1970 00:00:01 GMT', 'no-cache'],
  max: ['Thu, 31 Dec 2037 23:55:55 GMT', 'max-age=315360000'],
}

/** `expires`: writes Expires and Cache-Control in place of the answer's own (ngx_http_set_expires). */
export function applyExpires(state: RequestState): void {
  const { expires } = headersSettings.of(state.location.settings)
  const lines = expires === null ? null : linesOf(state, expires)
  if (lines === null) return
  replace(state, 'Expires', lines[0], expires?.rule ?? null)
  replace(state, 'Cache-Control', lines[1], expires?.rule ?? null)
}

function linesOf(state: RequestState, { value, fromModified, rule }: Expires): Lines | null {
  const text = evaluate(value, state)
  if (!fromModified && text === 'off') return null
  const word = fromModified ? undefined : WORDS[text]
  if (word !== undefined) return word
  if (text.startsWith('@')) refuseRequest(rule, 'expires at a time of the day is not modelled')

  const ms = parseTimeMs(text.replace(/^[-+]/, ''), true)
  if (ms === null) return null
  const seconds = (text.startsWith('-') ? -1 : 1) * (ms / 1000)
  const nowS = state.site.dateS()
  if (seconds === 0) return [httpTime(nowS), 'max-age=0']
  const fromS = (fromModified ? lastModifiedS(state, rule) : null) ?? nowS
  const ageS = fromS + seconds - nowS
  // What variables say is not looked at a second time.
  const isNegative = seconds < 0 && value.text !== null
  return [httpTime(fromS + seconds), isNegative || ageS < 0 ? 'no-cache' : `max-age=${ageS}`]
}

/** When the answer was last changed, as nginx itself or the upstream says; null where it is not known. */
function lastModifiedS(state: RequestState, rule: Rule): number | null {
  const said = headerOf(state.head, 'last-modified')
  if (said === null) return state.head.lastModifiedS
  return parseHttpTime(said) ?? refuseRequest(rule, `expires from "Last-Modified: ${said}" is not modelled`)
}

/** The upstream's first line of that name takes the value, and others of Cache-Control go. */
function replace(state: RequestState, name: string, value: string, by: Rule | null): void {
  const { head } = state
  const [first, ...others] = head.headers.filter((line) => line.name.toLowerCase() === name.toLowerCase())
  state.noteHeader(name, first === undefined ? 'added' : 'changed', by)
  if (first === undefined) addHeader(head, [name, value])
  else first.value = value
  for (const line of others) line.name = ''
}
