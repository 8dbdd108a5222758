import type { FileEntry } from '../../site.ts'
import { refuseRequest } from '../request/refuse-request.ts'
import type { RequestState } from '../request/request-state.ts'
import { evaluate } from '../variables/template.ts'

/** Where Debian's nginx takes a path from that is not absolute (`--prefix`). */
const PREFIX = '/usr/share/nginx/'

/** A path that nginx made of a URI: the part that `root` or `alias` gives, and what follows it. */
export interface MappedPath {
  readonly root: string
  readonly rest: string
}

/** The path of the request's URI (ngx_http_map_uri_to_path); null where an `alias` cannot tell, since the URI was rewritten. */
export function mapUri(state: RequestState): MappedPath | null {
  const { root } = state.location.settings.files
  if (root.replaces !== 0 && !state.validLocation) {
    state.because({ kind: 'alias-rewritten' }, root.rule?.span ?? null)
    return null
  }
  const path = rootPath(state)
  if (root.replaces === 'all') return { root: path, rest: state.addUriToAlias ? state.uri : '' }
  return { root: path, rest: state.uri.slice(root.replaces) }
}

/** The path that `root` or `alias` gives. */
export function rootPath(state: RequestState): string {
  const path = evaluate(state.location.settings.files.root.path, state)
  return path.startsWith('/') ? path : PREFIX + path
}

/**
 * What stands at a path. nginx's own folder, which no line names, is taken to be missing where nothing is known of files.
 * @throws {RefusedRequestError} nothing is known of files, and a `root` or an `alias` asks for one
 */
export function lookUp(state: RequestState, path: string): FileEntry | null {
  const { file } = state.site
  if (file === null) {
    const { rule } = state.location.settings.files.root
    return rule === null ? null : refuseRequest(rule, `${rule.text} asks for files, and none are known`)
  }
  const entry = file(path)
  return entry?.kind === 'file' && path.endsWith('/') ? null : entry
}
