import type { FileEntry } from '../../site.ts'
import { refuseRequest } from '../request/refuse-request.ts'
import type { RequestState } from '../request/request-state.ts'
import { evaluate } from '../variables/evaluate.ts'

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
 * What stands at a path. Of nginx's own folder, which no line names, it is known that it has a welcome page and nothing else.
 * @throws {RefusedRequestError} nothing is known of files, and a `root` or an `alias` asks for one; or it is the welcome page
 */
export function lookUp(state: RequestState, path: string): FileEntry | null {
  const { file } = state.site
  if (file === null) {
    const { rule } = state.location.settings.files.root
    return rule === null ? ownFile(state, path) : refuseRequest(rule, `${rule.text} asks for files, and none are known`)
  }
  const entry = file(path)
  return entry?.kind === 'file' && path.endsWith('/') ? null : entry
}

/** The pages that packages of nginx put into its own folder: Debian's has the first, that of nginx.org both. */
const OWN_PAGES: readonly string[] = [`${PREFIX}html/index.html`, `${PREFIX}html/50x.html`]

/** What a package of nginx has at a path in its own folder. */
function ownFile(state: RequestState, path: string): FileEntry | null {
  const plain = path.replaceAll(/\/{2,}/g, '/')
  if (OWN_PAGES.includes(plain)) {
    const rule = state.location.rule ?? state.server.rule
    refuseRequest(rule, `nginx answers with a page of its own, ${plain}, which depends on the package`)
  }
  return plain === `${PREFIX}html` || plain === `${PREFIX}html/` ? { kind: 'directory' } : null
}
