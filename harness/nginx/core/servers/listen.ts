import { isIPv6 } from 'node:net'
import type { Directive, Word } from '../../syntax/syntax.ts'
import { parseNumber } from '../../syntax/values.ts'
import type { CompileScope } from '../scope.ts'
import { parseUpstreamUrl } from '../upstreams/parse-upstream-url.ts'
import { listenOptions } from './listen-options.ts'
import type { Listen } from './place.ts'

type Place = Pick<Listen, 'address' | 'port'>

/** Compiles `listen ADDRESS[:PORT] | PORT [default_server] [ssl] …` (ngx_http_core_listen); empty where it is wrong or refused. */
export function compileListen({ args, span }: Directive, scope: CompileScope): Listen[] {
  const [word, ...parameters] = args
  if (word === undefined) return []
  const places = readPlaces(word, scope)
  const options = listenOptions(parameters, scope)
  return places.map((place) => ({ ...place, ...options, span }))
}

function readPlaces(word: Word, scope: CompileScope): Place[] {
  const { text } = word
  if (text.startsWith('unix:')) {
    if (text.length > 'unix:'.length) scope.refuse('listen', word.span, 'a unix domain socket is not modelled')
    else wrong('no path in the unix domain socket', word, scope)
    return []
  }
  const [, host = '', from, to] = /^(?:(.*):)?(\d+)(?:-(\d+))?$/.exec(text) ?? []
  if (to !== undefined) return readRange(host, [Number(from), Number(to)], word, scope)
  if (from !== undefined && host === '')
    return text.startsWith(':') ? wrong('no host', word, scope) : ports(from, word, scope)
  const [, star] = /^\*(?::(\d+))?$/.exec(text) ?? []
  if (text === '*' || star !== undefined) return ports(star ?? '80', word, scope)
  return readAddress(word, text, scope)
}

function readAddress(word: Word, text: string, scope: CompileScope): Place[] {
  const parsed = parseUpstreamUrl(text)
  if ('error' in parsed || parsed.uri !== '')
    return wrong('error' in parsed ? parsed.error : 'invalid host', word, scope)
  // A name is listened on at every address that it has.
  const addresses = parsed.address !== null ? [parsed.address] : scope.world.resolve(parsed.host)
  if (addresses.length === 0) scope.hostNotFound(word.span, `"${word.text}" of the "listen" directive`)
  const port = Number(parsed.port ?? 80)
  return addresses.map((address) => ({ address: address === '0.0.0.0' ? null : normalised(address), port }))
}

function readRange(host: string, [first, last]: readonly [number, number], word: Word, scope: CompileScope): Place[] {
  if (first < 1 || last > 65_535 || last < first) {
    return wrong(first < 1 || last > 65_535 ? 'invalid port' : 'invalid port range', word, scope)
  }
  const places = host === '' || host === '*' ? [{ address: null }] : readAddress(word, `${host}:${first}`, scope)
  const ports = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  return places.flatMap(({ address }) => ports.map((port) => ({ address, port })))
}

function ports(text: string, word: Word, scope: CompileScope): Place[] {
  const port = parseNumber(text) ?? 0
  return port >= 1 && port <= 65_535 ? [{ address: null, port }] : wrong('invalid port', word, scope)
}

function wrong(because: string, word: Word, scope: CompileScope): [] {
  scope.error(word.span, `${because} in "${word.text}" of the "listen" directive`)
  return []
}

/** IPv6 addresses as the URL parser writes them, so that equal ones are equal. */
function normalised(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address
}
