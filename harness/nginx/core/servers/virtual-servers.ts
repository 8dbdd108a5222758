import type { Regex } from '../../pattern/regex.ts'
import { hashProblem, namesOf } from '../directives/check-hashes.ts'
import type { CompileScope } from '../scope.ts'
import type { Server, ServerName } from '../site-config.ts'
import type { VirtualServers } from './match-server.ts'
import { type Listen, shown } from './place.ts'

/** Sorts the servers of one address and port by their names (ngx_http_server_names). Of two with the same name the first stays. */
export function virtualServers(
  group: readonly { server: Server; listen: Listen }[],
  scope: CompileScope,
): VirtualServers {
  const [first] = group
  if (first === undefined) throw new Error('a listening place has at least one server')
  const marked = group.filter(({ listen }) => listen.isDefault)
  for (const { listen } of marked.slice(1)) scope.error(listen.span, `a duplicate default server for ${shown(listen)}`)

  if (group.some(({ listen }) => listen.tls)) checkCertificates(group, (marked[0] ?? first).server, scope)
  // nginx builds no table of names for a single server that captures nothing from the host: then it checks none.
  const looksUpNames = group.length > 1 || first.server.names.some(({ regex }) => regex?.captures)
  const exact = new Map<string, Server>()
  const leading = new Map<string, Server>()
  const trailing = new Map<string, Server>()
  const regexes: { regex: Regex; server: Server }[] = []
  for (const { server, listen } of group) {
    const names = server.names.length === 0 ? [{ text: '', regex: null, span: listen.span }] : server.names
    for (const name of names) {
      if (name.regex !== null) regexes.push({ regex: name.regex, server })
      else if (isName(name.text)) addName(name, server, listen, { exact, leading, trailing }, scope)
      else if (looksUpNames) {
        scope.error(name.span, `invalid server name or wildcard "${name.text}" on ${shown(listen)}`)
      }
    }
  }
  if (looksUpNames) {
    const plain = group.flatMap(({ server }) => server.names.filter(({ regex }) => regex === null))
    const keys = plain.flatMap(({ text, span }) => namesOf(text).map((key) => ({ text: key, span })))
    const problem = hashProblem('server_names_hash', scope.serverNames, keys)
    if (problem !== null) scope.error(problem.span, problem.message, problem.hint)
  }
  return {
    default: (marked[0] ?? first).server,
    defaultIsMarked: marked.length > 0,
    exact,
    leading,
    trailing,
    regexes,
    tls: group.some(({ listen }) => listen.tls),
    http2: group.some(({ listen }) => listen.http2),
    proxyProtocol: group.some(({ listen }) => listen.proxyProtocol),
  }
}

/** Where the default server has no certificate, every server needs one (ngx_http_ssl_init). */
function checkCertificates(group: readonly { server: Server }[], byDefault: Server, scope: CompileScope): void {
  if (byDefault.hasCertificate) return
  const without = [byDefault, ...group.map(({ server }) => server)].find((server) => !server.hasCertificate)
  const span = without?.rule.span
  if (span != null) scope.error(span, 'no "ssl_certificate" is defined for the "listen ... ssl" directive')
}

interface Names {
  readonly exact: Map<string, Server>
  readonly leading: Map<string, Server>
  readonly trailing: Map<string, Server>
}

/** `.example.com` stands for `example.com` and `*.example.com`. */
function addName({ text, span }: ServerName, server: Server, listen: Listen, names: Names, scope: CompileScope): void {
  if (text.startsWith('.') && text.includes('*')) {
    scope.refuse('server_name', span, `"${text}" is two wildcards at once: not modelled`)
    return
  }
  const entries: [Map<string, Server>, string][] = text.startsWith('*.')
    ? [[names.leading, text.slice(1)]]
    : text.startsWith('.')
      ? [
          [names.leading, text],
          [names.exact, text.slice(1)],
        ]
      : text.endsWith('.*')
        ? [[names.trailing, text.slice(0, -1)]]
        : [[names.exact, text]]
  if (entries.some(([table, key]) => table.has(key))) {
    scope.warn(span, `conflicting server name "${text}" on ${shown(listen)}, ignored`)
    return
  }
  for (const [table, key] of entries) table.set(key, server)
}

/** ngx_hash_add_key: one `*` at an end with a dot beside it, no empty labels. */
function isName(text: string): boolean {
  const stars = text.split('*').length - 1
  if (stars > 1 || text.includes('..') || text.includes('\0')) return false
  return stars === 0 || /^\..|^\*\..|.\.\*$/s.test(text)
}
