import type { RequestMessage } from '../../chain/message.ts'
import { headerValue } from '../../chain/message.ts'
import type { Directive, SiteFile } from '../../nginx/syntax/syntax.ts'
import type { Observation } from './observation.ts'

/**
 * The server blocks of a site file, from the likeliest to have taken the request on: the one that nginx's log names, one
 * whose `server_name` is the host, the default of the port, then in file order (nginx: "How nginx processes a request").
 */
export function likelyServers(
  site: SiteFile,
  { server, serverName }: Pick<Observation, 'server' | 'serverName'>,
  request: RequestMessage,
): Directive[] {
  const host = (headerValue(request.headers, 'host') ?? '').replace(/:\d*$/, '').toLowerCase()
  const port = server?.port ?? 80
  const score = (directive: Directive): number => {
    const names = argsOf(directive, 'server_name')
    return [
      portsOf(directive).includes(port),
      serverName !== null && (names[0] ?? '') === serverName,
      names.some((name) => name.toLowerCase() === host),
      names.some((name) => isWildcardFor(name.toLowerCase(), host)),
      isDefault(directive),
    ].reduce((sum, holds) => sum * 2 + (holds ? 1 : 0), 0)
  }
  return site.directives.filter(({ name }) => name.text === 'server').toSorted((a, b) => score(b) - score(a))
}

function isWildcardFor(name: string, host: string): boolean {
  if (name.startsWith('*.')) return host.endsWith(name.slice(1))
  if (name.endsWith('.*')) return host.startsWith(name.slice(0, -1))
  return name.startsWith('.') && (host === name.slice(1) || host.endsWith(name))
}

function argsOf({ block }: Directive, wanted: string): string[] {
  return (block ?? []).flatMap(({ name, args }) => (name.text === wanted ? args.map(({ text }) => text) : []))
}

/** A server without `listen` takes port 80. */
function portsOf(server: Directive): number[] {
  const listens = listensOf(server).map(([place = '']) => Number(/^(?:.*:)?(\d+)$/.exec(place)?.[1] ?? 80))
  return listens.length === 0 ? [80] : listens
}

function isDefault(server: Directive): boolean {
  return listensOf(server).some((words) => words.includes('default_server') || words.includes('default'))
}

function listensOf({ block }: Directive): string[][] {
  return (block ?? []).filter(({ name }) => name.text === 'listen').map(({ args }) => args.map(({ text }) => text))
}
