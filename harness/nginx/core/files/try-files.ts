import { finalize, internalRedirect, type Next, namedLocation } from '../next.ts'
import type { RequestState } from '../request/request-state.ts'
import type { TryFiles } from '../site-config.ts'
import { evaluate } from '../variables/evaluate.ts'
import type { Template } from '../variables/template.ts'
import { lookUp, mapUri } from './file-path.ts'

/**
 * `try_files`: the first of its files that is there becomes the URI, else its last argument decides
 * (ngx_http_try_files_handler). Null where a file was found and the request goes on.
 */
export function tryFiles(state: RequestState, { rule, tried, fallback }: TryFiles): Next | null {
  const mapped = mapUri(state)
  if (mapped === null) return finalize(500)
  for (const { template, isFolder } of tried) {
    const name = nameOf(state, template)
    const entry = lookUp(state, mapped.root + name)
    if (entry === null || (entry.kind === 'directory') !== isFolder) continue
    state.because({ kind: 'file-tried', path: mapped.root + name }, rule.span)
    takeFound(state, name, isFolder)
    return null
  }
  const names = tried.map(({ template, isFolder }) => template.source + (isFolder ? '/' : ''))
  state.because({ kind: 'no-file-tried', names }, rule.span)
  if (fallback.kind === 'code') {
    state.rule = rule
    return finalize(fallback.code)
  }
  const target = nameOf(state, fallback.uri)
  if (target.startsWith('@')) return namedLocation(rule, target)
  const mark = target.indexOf('?')
  if (mark === -1) return internalRedirect(rule, target, '')
  return internalRedirect(rule, target.slice(0, mark), target.slice(mark + 1))
}

/** A value under an `alias` loses the location's name, the last argument too. */
function nameOf(state: RequestState, template: Template): string {
  const name = evaluate(template, state)
  const { replaces } = state.location.settings.files.root
  if (template.text !== null || replaces === 0 || replaces === 'all') return name
  return name.startsWith(state.uri.slice(0, replaces)) ? name.slice(replaces) : name
}

function takeFound(state: RequestState, name: string, isFolder: boolean): void {
  const { replaces } = state.location.settings.files.root
  if (replaces === 0) state.uri = name
  else if (replaces !== 'all') state.uri = state.uri.slice(0, replaces) + name
  else if (!isFolder) {
    state.uri = name
    state.addUriToAlias = true
  }
}
