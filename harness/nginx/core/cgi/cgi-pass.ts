import { cgiMessage, paramValue } from '../../../chain/cgi/cgi-message.ts'
import type { Bytes, CgiProtocol, CgiRequest, Header } from '../../../chain/message.ts'
import type { ModuleSettings } from '../module.ts'
import { finalize, type Next } from '../next.ts'
import { readBody } from '../request/read-body.ts'
import { refuseRequest, refuseWhere } from '../request/refuse-request.ts'
import type { RequestState } from '../request/request-state.ts'
import type { OtherPass } from '../site-config.ts'
import { parseUpstreamUrl } from '../upstreams/parse-upstream-url.ts'
import { PeerChoice } from '../upstreams/upstream.ts'
import { askCache, endUpstream } from '../upstreams/upstream-cache.ts'
import { sendToNextPeer } from '../upstreams/upstream-exchange.ts'
import { emptyGroup, type FoundGroup, groupOfRequest, noteUnresolved, walkOf } from '../upstreams/upstream-group.ts'
import { passEntry } from '../upstreams/upstream-response.ts'
import { plainUpstream } from '../upstreams/upstream-state.ts'
import { evaluate } from '../variables/evaluate.ts'
import { cgiParams } from './cgi-params.ts'
import type { CgiSettings } from './cgi-settings.ts'
import { CGI_SCHEMES, isTls } from './compile-cgi-pass.ts'

/** One of the protocols that speak to applications as CGI does. */
export interface CgiModule {
  readonly protocol: CgiProtocol
  readonly settings: ModuleSettings<CgiSettings>
  /** Parameters that it writes by itself, before those of the file. */
  readonly own?: (state: RequestState, body: Bytes) => readonly Header[]
  /** Whether the parameters take more than the protocol carries. */
  readonly isTooLong?: (params: readonly Header[]) => boolean
  /** Runs before anything is evaluated. */
  readonly begin?: (state: RequestState) => void
}

/** Where a request goes, once `fastcgi_pass` is evaluated. */
interface Target extends FoundGroup {
  readonly host: string
  readonly isTls: boolean
}

/** Sends the request on as `fastcgi_pass` and its like say (ngx_http_fastcgi_handler); null where the location has none. */
export function cgiPass(module: CgiModule): (state: RequestState) => Next | null {
  return (state) => {
    const { pass } = state.location
    if (pass === null || pass.protocol !== module.protocol) return null
    state.rule = pass.rule
    refuseWhere(state, module.protocol)
    module.begin?.(state)
    const target = targetOf(state, pass)
    if (target?.group?.refused != null) refuseRequest(target.group.refused.rule, target.group.refused.because)
    if (target === null) return finalize(500)
    if (target.isTls) refuseRequest(pass.rule, `${pass.rule.text} speaks TLS: not modelled`)
    const { unbuffered: rule } = module.settings.of(state.location.settings)
    const unbuffered = rule === null ? null : { rule, keepsChunks: true }
    return readBody(state, (body) => sendBody(state, module, pass, target, body), unbuffered)
  }
}

function sendBody(state: RequestState, module: CgiModule, { rule }: OtherPass, target: Target, body: string): Next {
  const { protocol } = module
  const settings = module.settings.of(state.location.settings)
  const group = target.group ?? emptyGroup(target.host)
  const { nextUpstreamTries } = settings
  const upstream = plainUpstream({
    protocol,
    settings,
    choice: new PeerChoice(group, nextUpstreamTries, state.site.nowS, walkOf(state, group.balance)),
  })
  state.upstream = upstream
  // nginx has no key of its own here: without a line, every answer has the same.
  const found = askCache(state, upstream, () => '')
  if (typeof found === 'number') return endUpstream(state, upstream, found)
  if (found !== null) return passEntry(state, upstream, found)
  const cgi: CgiRequest = {
    protocol,
    params: [...(module.own?.(state, body) ?? []), ...cgiParams(state, settings)],
  }
  if (module.isTooLong?.(cgi.params)) {
    state.because({ kind: 'params-too-long', protocol }, rule.span)
    return endUpstream(state, upstream, 500)
  }
  noteScript(state, settings, cgi)
  const request = cgiMessage(cgi, settings.passRequestBody ? body : '')
  const goOn = (): Next => {
    if (target.group === null) {
      noteUnresolved(state, target.host, target.lookUp, rule)
      return endUpstream(state, upstream, 502)
    }
    state.upstreamTries.push([])
    return sendToNextPeer(state, upstream, request)
  }
  const delayMs = target.lookUp?.waitedMs ?? 0
  return delayMs === 0 ? goOn() : { kind: 'wait', delayMs, resume: goOn }
}

/** Which file the application is to run, and by which line. PHP-FPM answers an empty page where none says it. */
function noteScript(state: RequestState, { params }: CgiSettings, cgi: CgiRequest): void {
  if (cgi.protocol !== 'fastcgi') return
  const rule = params.findLast(({ name }) => name === 'SCRIPT_FILENAME')?.rule
  const path = paramValue(cgi, 'SCRIPT_FILENAME') ?? ''
  if (path === '') state.because({ kind: 'no-script' }, rule?.span ?? state.rule.span)
  else state.because({ kind: 'script-named', path }, rule?.span ?? state.rule.span)
}

/** Evaluates `fastcgi_pass` (ngx_http_fastcgi_eval); null where its value is no address. */
function targetOf(state: RequestState, { protocol, rule, target }: OtherPass): Target | null {
  if (target.kind === 'static') return { ...target, lookUp: null }
  const url = evaluate(target.url, state)
  const parsed = parseUpstreamUrl(url.replace(CGI_SCHEMES[protocol], ''))
  const found = 'error' in parsed ? null : parsed
  const isKnown = found !== null && state.site.upstreams.block(found.host) !== null
  if (found === null || (found.port === null && found.address?.startsWith('unix:') !== true && !isKnown)) {
    state.because({ kind: 'no-pass-address', address: url }, rule.span)
    return null
  }
  state.because({ kind: 'pass-address', address: url }, rule.span)
  return { host: found.host, isTls: isTls(url), ...groupOfRequest(state, found, 0, rule) }
}
