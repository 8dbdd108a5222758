import { internalRedirect, type Next, namedLocation, respond } from '../next.ts'
import { closeAfter } from '../request/keep-alive.ts'
import type { RequestState } from '../request/request-state.ts'
import type { ErrorPage } from '../settings.ts'
import { evaluate } from '../variables/evaluate.ts'
import { errorPageText } from './error-page-text.ts'
import { closeConnection } from './respond.ts'
import { dropHeader } from './response-head.ts'
import { serverText } from './server-text.ts'
import { setLocation } from './set-location.ts'

/** Codes that end a request without an answer: 444 by intention; for 408 and 499 the client is taken to be gone. */
const SILENT: ReadonlySet<number> = new Set([408, 444, 499])

/** Codes of nginx's own that a client sees as 400. */
const SHOWN_AS_400: ReadonlySet<number> = new Set([494, 495, 496, 497])

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/**
 * Ends a request with a code (ngx_http_finalize_request, ngx_http_special_response_handler): an `error_page` of the location
 * takes over where there is one, else nginx's own page answers.
 */
export function endWith(state: RequestState, code: number): Next {
  if (SILENT.has(code)) {
    state.because({ kind: 'closed', status: code }, state.rule.span)
    return closeConnection(state)
  }
  state.errorStatus = code
  closeAfter(state, code)
  state.head.contentType = ''
  const { settings } = state.location
  if (!state.errorPageTried && settings.errorPages !== null && state.uriChanges !== 0) {
    state.errorPageTried = !settings.recursiveErrorPages
    const page = settings.errorPages.find(({ status }) => status === code)
    if (page !== undefined) return sendErrorPage(state, page)
  }
  if (SHOWN_AS_400.has(code)) state.errorStatus = 400
  return sendOwnPage(state, code)
}

function sendErrorPage(state: RequestState, page: ErrorPage): Next {
  if (page.overwrite !== null) state.errorStatus = page.overwrite
  const uri = evaluate(page.uri, state)
  state.because({ kind: 'error-page', status: page.status, line: page.rule.text }, page.rule.span)
  if (uri.startsWith('/')) {
    const mark = page.uri.text === null ? uri.indexOf('?') : -1
    if (state.method !== 'HEAD') state.method = 'GET'
    if (mark === -1) return internalRedirect(page.rule, uri, page.uri.text === null ? '' : page.args)
    return internalRedirect(page.rule, uri.slice(0, mark), uri.slice(mark + 1))
  }
  if (uri.startsWith('@')) return namedLocation(page.rule, uri)
  state.rule = page.rule
  if (page.overwrite === null || !REDIRECTS.has(page.overwrite)) state.errorStatus = 302
  setLocation(state, uri)
  return sendOwnPage(state, state.errorStatus)
}

/** nginx's own page for a code (ngx_http_send_special_response). Codes it has no page for get an empty body. */
function sendOwnPage(state: RequestState, code: number): Next {
  // It throws the body away first. Where one is not chunked as announced, the next request cannot be found.
  if (state.body.kind === 'invalid') state.keepAlive = false
  const text = errorPageText(code, serverText(state), padded(state, code))
  state.head.contentLength = text.length
  state.head.lastModifiedS = null
  state.head.allowRanges = false
  for (const name of ['last-modified', 'etag']) dropHeader(state.head, name)
  if (text !== '') state.head.contentType = 'text/html'
  return respond(text, 'self')
}

/** Whether the page is padded for browsers that would show their own instead (`msie_padding`). */
function padded(state: RequestState, code: number): boolean {
  if (!state.location.settings.msiePadding || code < 400) return false
  const agent = state.header('user-agent') ?? ''
  const opera = agent.includes('Opera')
  const msie = !opera && /MSIE [\s\S]{3}/.test(agent)
  const chrome = !msie && !opera && !agent.includes('Gecko/') && agent.includes('Chrome/')
  return msie || chrome
}
