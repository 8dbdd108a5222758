import { ModuleSettings } from '../../core/module.ts'
import {
  compileUpstreamSettings,
  defaultUpstreamSettings,
  headerRulesOf,
} from '../../core/upstreams/compile-upstream.ts'
import type { SetHeader, UpstreamHeaders } from '../../core/upstreams/header-lines.ts'
import { compileSetHeaders, mergeHeaders, type OwnHeaders } from '../../core/upstreams/set-headers.ts'
import { UpstreamLines } from '../../core/upstreams/upstream-lines.ts'
import type { UpstreamSettings } from '../../core/upstreams/upstream-settings.ts'

/** What `grpc_*` directives say. */
export interface GrpcSettings extends UpstreamSettings {
  /** `grpc_set_header` lines as written, null where there are none up to here. */
  readonly setHeaders: readonly SetHeader[] | null
  /** Those and nginx's own; null where no block has a `grpc_*` line, and so none sends anything. */
  readonly headers: UpstreamHeaders | null
}

/** What nginx sends where no `grpc_set_header` says otherwise (ngx_http_grpc_headers). */
const OWN: OwnHeaders = [
  ['Content-Length', '$content_length'],
  ['TE', '$grpc_internal_trailers'],
  ['Host', ''],
  ['Connection', ''],
  ['Transfer-Encoding', ''],
  ['Keep-Alive', ''],
  ['Expect', ''],
  ['Upgrade', ''],
]

const OWN_OF_TODAY: OwnHeaders = [...OWN, ['Proxy-Connection', '']]

export const grpc = new ModuleSettings<GrpcSettings>(
  { ...defaultUpstreamSettings('grpc'), setHeaders: null, headers: null },
  (block, around, scope) => {
    const lines = new UpstreamLines(block, 'grpc')
    if (!lines.areThere) return around
    const setHeaders = compileSetHeaders(lines, scope) ?? around.setHeaders
    const own = scope.rules.proxyConnectionDropped ? OWN_OF_TODAY : OWN
    return {
      ...compileUpstreamSettings(lines, around, scope),
      setHeaders,
      headerRules: headerRulesOf(lines.all('set_header'), around.headerRules),
      headers: mergeHeaders(setHeaders ?? [], own, scope),
    }
  },
)
