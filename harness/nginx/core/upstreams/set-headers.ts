import type { Header } from '../../../chain/message.ts'
import type { Span } from '../../../diagnostics/span.ts'
import { lowerCase, wireText } from '../../syntax/wire.ts'
import type { RequestState } from '../request/request-state.ts'
import type { CompileScope } from '../scope.ts'
import { Slot } from '../slot.ts'
import { evaluate } from '../variables/evaluate.ts'
import type { SetHeader, UpstreamHeaders } from './header-lines.ts'
import type { UpstreamLines } from './upstream-lines.ts'

/** Headers that a module of nginx sends where no line says otherwise. An empty value keeps the client's own header back. */
export type OwnHeaders = readonly (readonly [name: string, value: string])[]

const NOWHERE: Span = { file: '', line: 0, column: 0, length: 0 }

/** `proxy_set_header` of a block, or `grpc_set_header`; null where it has none. */
export function compileSetHeaders(lines: UpstreamLines, scope: CompileScope): readonly SetHeader[] | null {
  const directives = lines.all('set_header')
  if (directives.length === 0) return null
  return directives.flatMap(({ args: [name, value] }) =>
    name === undefined || value === undefined ? [] : [{ name: wireText(name.text), value: scope.template(value) }],
  )
}

/** Locations with the same lines share what becomes of them. */
const merged = new Slot<CompileScope, Map<OwnHeaders, Map<string, UpstreamHeaders>> | null>(null)

/** Puts the lines of the file and nginx's own together (ngx_http_proxy_init_headers). @param defaults one list for each kind */
export function mergeHeaders(own: readonly SetHeader[], defaults: OwnHeaders, scope: CompileScope): UpstreamHeaders {
  const tables = merged.of(scope) ?? new Map<OwnHeaders, Map<string, UpstreamHeaders>>()
  merged.keep(scope, tables)
  const known = tables.get(defaults) ?? new Map<string, UpstreamHeaders>()
  tables.set(defaults, known)
  const key = own.map(({ name, value }) => `${name}\n${value.source}`).join('\n')
  const headers = known.get(key) ?? mergedHeaders(own, defaults, scope)
  known.set(key, headers)
  return headers
}

function mergedHeaders(own: readonly SetHeader[], defaults: OwnHeaders, scope: CompileScope): UpstreamHeaders {
  const isHost = ({ name }: SetHeader): boolean => scope.rules.hostAlwaysSent && lowerCase(name) === 'host'
  const names = new Set(own.map(({ name }) => lowerCase(name)))
  const missing = defaults.filter(([name]) => !names.has(lowerCase(name)))
  const lines = [...own, ...missing.map(([name, value]) => ({ name, value: scope.templateOf(value, NOWHERE) }))]
  return {
    host: own.findLast(isHost)?.value ?? null,
    lines: lines.filter((line) => line.value.text !== '' && !isHost(line)),
    replaced: new Set(lines.map(({ name }) => lowerCase(name))),
  }
}

/** The lines behind Host, one by one. One whose value is empty is left out; then come the client's others, where they are passed on. */
export function upstreamHeaders(state: RequestState, headers: UpstreamHeaders, passesOthers: boolean): Header[] {
  const lines: Header[] = []
  for (const { name, value } of headers.lines) {
    const text = evaluate(value, state)
    if (text !== '') lines.push([name, text])
  }
  if (!passesOthers) return lines
  for (const { name, key, value } of state.headers) {
    if (!headers.replaced.has(key)) lines.push([name, value])
  }
  return lines
}
