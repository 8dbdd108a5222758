import type { Speaks } from '../chain/service.ts'
import type { Directive } from '../nginx/syntax/syntax.ts'

/** Where nginx sends requests: one address that its files name. */
export interface Upstream {
  /** A name or an address; empty for a socket. */
  readonly host: string
  /** 0 for a socket. */
  readonly port: number
  readonly socket: string | null
  readonly tls: boolean
  readonly speaks: Speaks
  /** Whether a location that sends there passes an upgrade on. */
  readonly websocket: boolean
}

const SPEAKS: ReadonlyMap<string, Speaks> = new Map([
  ['proxy_pass', 'http'],
  ['grpc_pass', 'grpc'],
  ['fastcgi_pass', 'fastcgi'],
  ['scgi_pass', 'scgi'],
  ['uwsgi_pass', 'uwsgi'],
  ['memcached_pass', 'memcached'],
])

/** All upstreams of the files, and the texts of which it cannot be told where they lead. */
export interface Upstreams {
  readonly known: readonly Upstream[]
  readonly unknown: readonly string[]
}

/** Reads where a configuration sends requests: `proxy_pass` and its like, `upstream` blocks, variables with a fixed value. */
export function upstreamsIn(directives: readonly Directive[]): Upstreams {
  const all = flattened(directives)
  const groups = new Map(
    all
      .filter(({ name, block }) => name.text === 'upstream' && block !== null)
      .map(({ args, block }) => [
        args[0]?.text ?? '',
        (block ?? []).filter(({ name }) => name.text === 'server').flatMap((server) => server.args[0]?.text ?? []),
      ]),
  )
  const values = valuesOf(all)
  const known: Upstream[] = []
  const unknown: string[] = []
  for (const directive of all) {
    const { name, block } = directive
    // A location's own lines decide whether it passes an upgrade on.
    const passes = (block ?? []).filter((one) => SPEAKS.has(one.name.text))
    const websocket = (block ?? []).some(
      (one) => one.name.text === 'proxy_set_header' && one.args[0]?.text.toLowerCase() === 'upgrade',
    )
    if (block === null || name.text === 'upstream') continue
    for (const pass of passes) {
      const written = pass.args[0]?.text ?? ''
      const speaks = SPEAKS.get(pass.name.text) ?? 'http'
      const places = written.includes('$') ? filledIn(written, values) : [written]
      if (places.length === 0) unknown.push(`${pass.name.text} ${written}`)
      for (const place of places) {
        const [, scheme = 'http', rest = place] = /^(https?|grpcs?):\/\/(.*)$/.exec(place) ?? []
        const tls = scheme === 'https' || scheme === 'grpcs'
        for (const address of addressesOf(rest, groups)) {
          const found = addressOf(address, speaks === 'http' || speaks === 'grpc' ? (tls ? 443 : 80) : 9000)
          if (found === null) unknown.push(`${pass.name.text} ${written}`)
          else known.push({ ...found, tls, speaks, websocket })
        }
      }
    }
  }
  return { known, unknown: [...new Set(unknown)] }
}

function flattened(directives: readonly Directive[]): readonly Directive[] {
  return directives.flatMap((directive) => [directive, ...flattened(directive.block ?? [])])
}

/** The fixed values of variables: `set`, and the results of a `map`. */
function valuesOf(all: readonly Directive[]): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>()
  const add = (variable: string, value: string): void => {
    if (!value.includes('$')) values.set(variable, [...(values.get(variable) ?? []), value])
  }
  for (const { name, args, block } of all) {
    if (name.text === 'set') add(args[0]?.text ?? '', args[1]?.text ?? '')
    if (name.text === 'map') for (const line of block ?? []) add(args[1]?.text ?? '', line.args[0]?.text ?? '')
  }
  return values
}

/** A text for each value of the first variable in its host; none where that has no fixed value. What follows the host does not matter. */
function filledIn(written: string, values: ReadonlyMap<string, readonly string[]>): string[] {
  const [variable] = /\$\w+|\$\{\w+\}/.exec(written) ?? []
  if (variable === undefined) return [written]
  const found = values.get(variable.replace(/[{}]/g, ''))
  if (found !== undefined) return found.slice(0, 20).map((value) => written.replace(variable, () => value))
  // Only the path has a variable: http://api:3000$request_uri
  return /^(?:https?:\/\/)?[^$/]+(?:$|[/$])/.test(written) && !/^(?:https?:\/\/)?[^/]*\$\w*[.:]/.test(written)
    ? [written.slice(0, written.indexOf('$'))]
    : []
}

/** The servers of an upstream, or the address itself; without what follows it. */
function addressesOf(rest: string, groups: ReadonlyMap<string, readonly string[]>): readonly string[] {
  if (rest.startsWith('unix:')) return [rest.split(':').slice(0, 2).join(':')]
  const [address = ''] = rest.split(/[/?#$]/, 1)
  return groups.get(address) ?? [address]
}

function addressOf(address: string, usualPort: number): Pick<Upstream, 'host' | 'port' | 'socket'> | null {
  if (address.startsWith('unix:')) return { host: '', port: 0, socket: address.slice('unix:'.length) }
  const [, host = '', port = String(usualPort)] = /^(\[[0-9a-f:]+\]|[\w.-]+)(?::(\d{1,5}))?$/i.exec(address) ?? []
  return host === '' ? null : { host, port: Number(port), socket: null }
}
