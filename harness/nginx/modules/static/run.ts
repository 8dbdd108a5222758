import type { FileFault } from '../../../trace/reason.ts'
import type { Rule } from '../../../trace/trace.ts'
import { lookUp, type MappedPath, mapUri } from '../../core/files/file-path.ts'
import { sendFile } from '../../core/files/send-file.ts'
import { finalize, internalRedirect, type Next } from '../../core/next.ts'
import { escapeUri } from '../../core/request/escape-uri.ts'
import { refuseRequest, refuseWhere } from '../../core/request/refuse-request.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { setLocation } from '../../core/response/set-location.ts'
import { evaluate } from '../../core/variables/evaluate.ts'

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST'])

/** A location that neither proxies nor returns serves files (ngx_http_index_handler, ngx_http_static_handler). */
export function answerFromFiles(state: RequestState): Next {
  refuseWhere(state, 'file')
  if (!READING.has(state.method)) return fail(state, 405, 'method', state.method)
  const path = mapUri(state)
  if (path === null) return finalize(500)
  return state.uri.endsWith('/') ? answerFromFolder(state, path) : answerFromFile(state, path)
}

/** The first name of `index` that is there; 404 where the folder is not. */
function answerFromFolder(state: RequestState, { root, rest }: MappedPath): Next {
  let folderTested = false
  for (const template of state.location.settings.files.index) {
    const name = evaluate(template, state)
    if (name.startsWith('/')) return internalRedirect(indexRule(state), name, state.args)
    const folder = root + rest
    if (lookUp(state, folder + name) !== null) {
      state.because({ kind: 'index-found', path: folder + name }, ruleSpan(state))
      return internalRedirect(indexRule(state), state.uri + name, state.args)
    }
    if (folderTested) continue
    const kind = lookUp(state, withoutSlash(folder))?.kind
    if (kind === 'file' && !folder.endsWith('/')) return fail(state, 500, 'not-a-folder', folder)
    if (kind !== 'directory') return fail(state, 404, 'no-folder', folder)
    folderTested = true
  }
  const { autoindex } = state.location.settings.files
  if (autoindex !== null) return refuseRequest(autoindex, 'autoindex answers with a list of files: not modelled')
  return fail(state, 403, 'no-index', root + rest)
}

function answerFromFile(state: RequestState, { root, rest }: MappedPath): Next {
  const path = root + rest
  const entry = lookUp(state, path)
  if (entry === null) return fail(state, 404, 'no-file', path)
  if (entry.kind === 'directory') {
    state.because({ kind: 'folder-redirect', path }, ruleSpan(state))
    const { rules } = state.site
    const shown = rules.slashRedirectEscaped ? escapeUri(state.uri, rules) : state.uri
    setLocation(state, `${shown}/${state.args === '' ? '' : `?${state.args}`}`)
    return finalize(301)
  }
  if (state.method === 'POST') return fail(state, 405, 'posted', path)
  state.because({ kind: 'file-answers', path }, ruleSpan(state))
  return sendFile(state, entry)
}

function fail(state: RequestState, code: number, fault: FileFault, path: string): Next {
  state.because({ kind: 'no-file', status: code, fault, path }, state.location.rule.span)
  return finalize(code)
}

/** The line that gives the files: no line of its own names `index`. */
function indexRule(state: RequestState): Rule {
  return state.location.settings.files.root.rule ?? state.location.rule
}

function ruleSpan(state: RequestState) {
  return state.location.settings.files.root.rule?.span ?? state.location.rule.span
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}
