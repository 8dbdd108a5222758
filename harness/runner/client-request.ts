import { isIP } from 'node:net'
import { type ClientRequest, type Listener, PORT_80 } from '../chain/client-request.ts'
import { headerValue } from '../chain/message.ts'
import type { StepRequest } from '../scenario/scenario.ts'

/** A request that a client can send, or why there is none. */
type Sendable =
  | { readonly kind: 'request'; readonly request: ClientRequest }
  | { readonly kind: 'refused'; readonly because: string }

/**
 * What a client sends for a step whose captures are filled in. A URL says where it connects to, and gives the Host line, as curl
 * has it: without the port where that is the scheme's own. A captured value with a space or a line break in it would make
 * another request of it (RFC 9112 sections 3 and 5), and is refused.
 */
export function clientRequest({ url, target, proxied, ...step }: StepRequest): Sendable {
  if (hasOddCharacter(url) || hasOddCharacter(target ?? ''))
    return refused('its target would have a space or a control character in it')
  const odd = step.headers.find(([, value]) => /[^\t\x20-\x7e\x80-\xff]/.test(value))
  if (odd !== undefined) return refused(`its header "${odd[0]}" would have a control character in it`)

  const isHttp2 = step.httpVersion === '2.0'
  if (isHttp2 && !url.startsWith('https://')) return refused(`"${url}" is no https URL, and HTTP/2 is spoken by TLS`)
  const request = { ...step, listener: { ...PORT_80, proxied }, target: target ?? url }
  if (url.startsWith('/') || url === '*')
    return cannotConnect(step.from, request.listener) ?? { kind: 'request', request }
  if (step.via !== 'nginx') return refused(`"${url}" is a URL, and those enter at nginx. Write the path alone`)
  const place = placeOf(url)
  if (place === null) return refused(`"${url}" is no URL with a host, like http://flowmaster.example:8080/path`)
  const impossible = cannotConnect(step.from, place.listener)
  if (impossible !== null) return impossible
  const hasHost = headerValue(step.headers, 'host') !== undefined
  return {
    kind: 'request',
    request: {
      ...request,
      listener: { ...place.listener, proxied },
      target: target ?? place.target,
      headers: hasHost ? step.headers : [['Host', place.authority], ...step.headers],
    },
  }
}

interface PlaceOfUrl {
  readonly listener: Listener
  /** The host, with the port where it is not the scheme's own. */
  readonly authority: string
  readonly target: string
}

/** Split by hand, since the target has to travel byte for byte. A name is the host of nginx itself; a fragment is not sent. */
function placeOf(url: string): PlaceOfUrl | null {
  const [, scheme, host = '', port, target = ''] =
    /^(https?):\/\/(\[[^\]]*\]|[^/?#:@[\]]+)(?::(\d{1,5}))?([/?][^#]*)?(?:#.*)?$/.exec(url) ?? []
  if (scheme === undefined) return null
  const isSecure = scheme === 'https'
  const ownPort = isSecure ? 443 : 80
  const number = port === undefined ? ownPort : Number(port)
  const literal = host.replace(/^\[|\]$/g, '')
  const isLiteral = isIP(literal) !== 0
  if (number < 1 || number > 65_535 || (host.startsWith('[') && isIP(literal) !== 6)) return null
  return {
    listener: {
      address: isLiteral ? literal : PORT_80.address,
      port: number,
      tls: isSecure ? { serverName: isLiteral ? null : host } : null,
      proxied: null,
    },
    authority: number === ownPort ? host : `${host}:${number}`,
    target: target.startsWith('/') ? target : `/${target}`,
  }
}

function hasOddCharacter(text: string): boolean {
  return /[^\x21-\x7e\x80-\xff]/.test(text)
}

/** IPv4 and IPv6 do not speak with each other. */
function cannotConnect(from: string | null, { address }: Listener): Sendable | null {
  if (from === null || isIP(from) === isIP(address)) return null
  const listener = isIP(from) === 6 ? 'http://[::1]/' : 'http://127.0.0.1/'
  return refused(`a client at ${from} cannot connect to ${address}. Write a URL such as ${listener}`)
}

function refused(because: string): Sendable {
  return { kind: 'refused', because }
}
