import { type CompileScope, ruleOf } from '../../core/scope.ts'
import { isUnixAddress, NO_PORT, parseUpstreamUrl, type UpstreamUrl } from '../../core/upstreams/parse-upstream-url.ts'
import { type Balance, newPeer, type Peer, type UpstreamGroup } from '../../core/upstreams/upstream.ts'
import { Block } from '../../syntax/block.ts'
import type { Directive, Word } from '../../syntax/syntax.ts'
import { parseNumber, parseTimeMs } from '../../syntax/values.ts'
import { wireText } from '../../syntax/wire.ts'

interface ServerLine {
  readonly peers: Peer[]
  readonly backup: boolean
}

/** Compiles an `upstream` block (ngx_http_upstream, ngx_http_upstream_init_round_robin) into the scope. */
export function compileUpstream(directive: Directive, http: Block, scope: CompileScope): void {
  const [word] = directive.args
  if (word === undefined) return
  const name = wireText(word.text)
  if (scope.upstreams.block(name) !== null) {
    scope.error(directive.span, `duplicate upstream "${word.text}"`)
    return
  }
  const lines: ServerLine[] = []
  const servers = (directive.block ?? []).filter((line) => line.name.text === 'server')
  for (const server of servers) {
    refuseBackup(server, directive.block ?? [], scope)
    const line = compileServer(server, scope)
    if (line !== null) lines.push(line)
  }
  if (servers.length === 0) scope.error(directive.span, 'no servers are inside upstream')
  const primary = lines.filter(({ backup }) => !backup).flatMap(({ peers }) => peers)
  const backup = lines.filter((line) => line.backup).flatMap(({ peers }) => peers)
  if (lines.every((line) => line.backup) && lines.length > 0 && lines.length === servers.length) {
    scope.error(directive.span, `no servers in upstream "${word.text}"`)
  }
  scope.upstreams.add({
    name,
    port: null,
    group: { name, balance: balanceOf(directive, scope), refused: refusedIn(directive.block ?? []), primary, backup },
  })
  checkResolver(directive, name, http, scope)
  checkZone(directive, http, scope)
}

/** Upstreams may share a zone: then one of them gives its size (ngx_init_cycle). */
function checkZone({ block }: Directive, http: Block, scope: CompileScope): void {
  const zone = new Block(block ?? []).one('zone')
  const [name, size] = zone?.args ?? []
  if (zone === undefined || name === undefined || size !== undefined) return
  const zones = http.all('upstream').flatMap((upstream) => new Block(upstream.block ?? []).all('zone'))
  const isSized = zones.some(({ args: [other, given] }) => other?.text === name.text && given !== undefined)
  if (!isSized) scope.error(zone.span, `zero size shared memory zone "${name.text}"`)
}

/** Names that are looked up while nginx runs want a zone, in which every worker finds the addresses, and a resolver. */
function checkResolver(directive: Directive, name: string, http: Block, scope: CompileScope): void {
  const block = new Block(directive.block ?? [])
  const resolver = block.one('resolver')
  if (!block.all('server').some(isResolved)) return
  if (block.one('zone') === undefined) {
    const message = `resolving names at run time requires upstream "${name}" to be in shared memory`
    scope.error(directive.span, message, 'Add a zone to the block: zone NAME 64k;')
  } else if (resolver === undefined && http.one('resolver') === undefined) {
    const message = `no resolver defined to resolve names at run time in upstream "${name}"`
    scope.error(directive.span, message, 'Add a resolver to the block, or to http { }.')
  }
}

/** Whether its name is looked up while nginx runs; an address needs none. */
function isResolved({ args: [word, ...parameters] }: Directive): boolean {
  if (word === undefined || !parameters.some(({ text }) => text === 'resolve')) return false
  const parsed = parseUpstreamUrl(word.text, false)
  return !('error' in parsed) && parsed.address === null
}

/** A `backup` behind a method that knows none is an error; before it, nginx does not notice. */
function refuseBackup(server: Directive, lines: readonly Directive[], scope: CompileScope): void {
  const backup = server.args.find(({ text }) => text === 'backup')
  const before = lines.slice(0, lines.indexOf(server))
  if (backup === undefined || !before.some(({ name }) => /^(?:ip_hash|hash|random)$/.test(name.text))) return
  scope.error(backup.span, 'balancing method does not support parameter "backup"')
}

/** `hash KEY`, `ip_hash`; `least_conn` is round robin where requests come one by one. */
function balanceOf(directive: Directive, scope: CompileScope): Balance {
  const block = new Block(directive.block ?? [])
  const hash = block.one('hash')
  const [key, consistent] = hash?.args ?? []
  if (consistent !== undefined && hash !== undefined) {
    if (consistent.text !== 'consistent') scope.error(consistent.span, `invalid parameter "${consistent.text}"`)
  }
  const [two, method] = block.one('random')?.args ?? []
  for (const [word, allowed] of [
    [two, /^two$/],
    [method, /^least_conn$/],
  ] as const) {
    if (word !== undefined && !allowed.test(word.text)) scope.error(word.span, `invalid parameter "${word.text}"`)
  }
  if (key !== undefined) return { kind: 'hash', key: scope.template(key) }
  return { kind: block.one('ip_hash') === undefined ? 'round-robin' : 'ip-hash' }
}

/** The first line of an upstream block that the model does not know: requests to the group are refused. */
function refusedIn(lines: readonly Directive[]): UpstreamGroup['refused'] {
  for (const line of lines) {
    const because = isResolved(line) ? 'resolve looks a name up while nginx runs: not modelled' : whyRefused(line)
    if (because !== null) return { rule: ruleOf(line), because }
  }
  return null
}

function whyRefused({ name, args }: Directive): string | null {
  if (name.text === 'sticky' || name.text === 'least_time') return `${name.text} is not modelled`
  if (name.text === 'random') return 'random chooses among servers in another way: not modelled'
  if (name.text === 'hash' && args[1]?.text === 'consistent') return 'hash consistent is not modelled'
  if (name.text !== 'server') return null
  const parameter = args.find(({ text }) => text.startsWith('max_conns='))
  return parameter === undefined ? null : `${parameter.text} is not modelled`
}

/** `server ADDRESS [weight=N] [max_fails=N] [fail_timeout=T] [backup] [down]`. */
function compileServer(directive: Directive, scope: CompileScope): ServerLine | null {
  const [word, ...parameters] = directive.args
  if (word === undefined) return null
  const settings = { weight: 1, maxFails: 1, failTimeoutS: 10, down: false, backup: false }
  for (const parameter of parameters) {
    if (scope.rules.serversResolve && /^(?:resolve$|service=)/.test(parameter.text)) continue
    if (!takeParameter(settings, parameter)) scope.error(parameter.span, `invalid parameter "${parameter.text}"`)
  }
  const parsed = parseUpstreamUrl(word.text, false)
  if ('error' in parsed || parsed.uri !== '') {
    scope.error(word.span, `${'error' in parsed ? parsed.error : 'invalid host'} in upstream "${word.text}"`)
    return null
  }
  const problem = serviceProblem(word.text, parsed, parameters)
  if (problem !== null) scope.error(word.span, problem)
  // Looked up when nginx has started, and found or not.
  if (isResolved(directive)) return { backup: settings.backup, peers: [] }
  const addresses = parsed.address !== null ? [parsed.address] : scope.world.resolve(parsed.host)
  if (addresses.length === 0) {
    scope.hostNotFound(word.span, `upstream "${word.text}"`)
    return null
  }
  const { backup, ...rest } = settings
  const shared = {
    host: parsed.host,
    port: isUnixAddress(parsed.address) ? NO_PORT : Number(parsed.port ?? 80),
    rule: ruleOf(directive),
    ...rest,
  }
  return { backup, peers: addresses.map((address) => newPeer({ ...shared, address })) }
}

/** What is wrong with `service=NAME`, by which the name's SRV records are looked up; null where nothing is. */
function serviceProblem(url: string, { port, address }: UpstreamUrl, parameters: readonly Word[]): string | null {
  const service = parameters.find(({ text }) => text.startsWith('service='))?.text
  if (service === undefined) return null
  if (service === 'service=') return 'service is empty'
  if (!parameters.some(({ text }) => text === 'resolve')) {
    return `service upstream "${url}" requires "resolve" parameter`
  }
  if (port !== null) return `service upstream "${url}" may not have port`
  return address === null ? null : `service upstream "${url}" requires domain name`
}

function takeParameter(
  settings: { weight: number; maxFails: number; failTimeoutS: number; down: boolean; backup: boolean },
  { text }: Word,
): boolean {
  const [key = '', value] = text.split('=', 2)
  if (value === undefined) {
    if (key !== 'backup' && key !== 'down') return false
    settings[key] = true
    return true
  }
  const number = parseNumber(value)
  switch (key) {
    case 'weight':
      settings.weight = number ?? 0
      return number !== null && number > 0
    case 'max_fails':
      settings.maxFails = number ?? 0
      return number !== null
    case 'max_conns':
      return number !== null
    case 'fail_timeout': {
      const timeMs = parseTimeMs(value, true)
      settings.failTimeoutS = (timeMs ?? 0) / 1000
      return timeMs !== null
    }
    default:
      return false
  }
}
