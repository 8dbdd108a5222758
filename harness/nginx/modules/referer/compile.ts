import { ModuleSettings } from '../../core/module.ts'
import type { CompileScope } from '../../core/scope.ts'
import { Hostnames } from '../../core/servers/hostnames.ts'
import type { Regex } from '../../pattern/regex.ts'
import type { Block } from '../../syntax/block.ts'
import type { Word } from '../../syntax/syntax.ts'
import { lowerCase, wireText } from '../../syntax/wire.ts'

/** What `valid_referers` says of a block. */
export interface Referers {
  /** Whether it is right to have no Referer, or one that does not begin with `http://` or `https://`. */
  readonly none: boolean
  readonly blocked: boolean
  /** What the URI of a host has to begin with; empty where anything will do. */
  readonly hosts: Hostnames<string>
  /** Whether the patterns of `server_name` count, too. */
  readonly serverNames: boolean
  readonly regexes: readonly Regex[]
  /** The names of the server, as they are written. */
  readonly names: readonly string[]
}

export const referers = new ModuleSettings<Referers>(
  { none: false, blocked: false, hosts: new Hostnames(), serverNames: false, regexes: [], names: [''] },
  compileReferers,
)

/** `valid_referers` of a block. Of what stands around one that has its own, patterns alone count (ngx_http_referer_merge_conf). */
function compileReferers(block: Block, around: Referers, scope: CompileScope): Referers {
  const own = block.all('server_name').flatMap(({ args }) => args.map(({ text }) => text))
  const names = own.length === 0 ? around.names : own
  const directives = block.all('valid_referers')
  const words = directives.flatMap(({ args }) => args)
  const [first] = directives
  if (first === undefined) return { ...around, names }
  const has = (name: string) => words.some(({ text }) => text === name)
  const patterns = words.filter(({ text }) => text.startsWith('~'))
  const regexes = patterns.flatMap((word) => regexOf(word, scope) ?? [])
  const hosts = hostsOf(words, scope)
  if (has('server_names')) addServerNames(hosts, names, first.name, scope)
  if ((has('none') || has('blocked')) && hosts.isEmpty) scope.error(first.name.span, WITHOUT_ANY)
  return {
    none: has('none'),
    blocked: has('blocked'),
    hosts,
    serverNames: has('server_names') || around.serverNames,
    regexes: patterns.length === 0 ? around.regexes : regexes,
    names,
  }
}

const WITHOUT_ANY =
  'the "none" or "blocked" referers are specified in the "valid_referers" directive without any valid referer'

const WORDS: readonly string[] = ['none', 'blocked', 'server_names']

function regexOf({ text, span }: Word, scope: CompileScope): Regex | null {
  if (text !== '~') return scope.regex(text.slice(1), true, span)
  scope.error(span, 'empty regex in "~"')
  return null
}

function hostsOf(words: readonly Word[], scope: CompileScope): Hostnames<string> {
  const hosts = new Hostnames<string>()
  for (const word of words) {
    const { text, span } = word
    if (text === '') scope.error(span, 'invalid referer ""')
    else if (!WORDS.includes(text) && !text.startsWith('~')) {
      const [host = ''] = text.split('/', 1)
      add(hosts, host, text.slice(host.length), word, scope)
    }
  }
  return hosts
}

function addServerNames(hosts: Hostnames<string>, names: readonly string[], at: Word, scope: CompileScope): void {
  for (const name of names) if (!name.startsWith('~')) add(hosts, name, '', at, scope)
}

function add(hosts: Hostnames<string>, host: string, uri: string, { span }: Word, scope: CompileScope): void {
  const added = hosts.add(wireText(host), wireText(uri))
  if (added === 'invalid') scope.error(span, `invalid hostname or wildcard "${host}"`)
  if (added === 'conflict') scope.error(span, `conflicting parameter "${lowerCase(host)}"`)
}
