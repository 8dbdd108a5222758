import type { Word } from '../../syntax/syntax.ts'
import { parseNumber, parseSizeBytes, parseTimeMs } from '../../syntax/values.ts'
import type { CompileScope } from '../scope.ts'
import type { Listen } from './place.ts'

/** Options of the socket, which change nothing about where a request goes, with what is wrong with their values. */
const SOCKET_OPTIONS: Readonly<Record<string, (value: string, whole: string) => string | null>> = {
  fastopen: (value, whole) => (parseNumber(value) === null ? `invalid fastopen "${whole}"` : null),
  backlog: (value, whole) => (parseNumber(value) ? null : `invalid backlog "${whole}"`),
  rcvbuf: (value, whole) => (parseSizeBytes(value, false) === null ? `invalid rcvbuf "${whole}"` : null),
  sndbuf: (value, whole) => (parseSizeBytes(value, false) === null ? `invalid sndbuf "${whole}"` : null),
  so_keepalive: (value) => (isKeepalive(value) ? null : `invalid so_keepalive value: "${value}"`),
}

/** Reads what follows the place in `listen`. */
export function listenOptions(
  parameters: readonly Word[],
  scope: CompileScope,
): Pick<Listen, 'isDefault' | 'tls' | 'http2' | 'proxyProtocol' | 'takesIPv4' | 'setsOptions'> {
  const texts = parameters.map(({ text }) => text)
  let setsOptions = false
  for (const { text, span } of parameters) {
    if (/^(?:default_server|default|ssl|http2|proxy_protocol)$/.test(text) || text.startsWith('accept_filter='))
      continue
    const problem = socketOption(text)
    if (problem !== null) scope.error(span, problem)
    setsOptions = true
  }
  return {
    isDefault: texts.includes('default_server') || texts.includes('default'),
    tls: texts.includes('ssl'),
    http2: texts.includes('http2'),
    proxyProtocol: texts.includes('proxy_protocol'),
    takesIPv4: texts.includes('ipv6only=off'),
    setsOptions,
  }
}

/** What is wrong with a socket option; null where nginx takes it. */
function socketOption(text: string): string | null {
  if (/^(?:bind|deferred|reuseport|ipv6only=on|ipv6only=off)$/.test(text)) return null
  if (text.startsWith('ipv6only=o')) return `invalid ipv6only flags "${text.slice('ipv6only='.length)}"`
  const [name = '', value] = text.split(/=(.*)/s)
  const check = Object.hasOwn(SOCKET_OPTIONS, name) ? SOCKET_OPTIONS[name] : undefined
  return check === undefined || value === undefined ? `invalid parameter "${text}"` : check(value, text)
}

/** `on`, `off`, or `IDLE:INTERVAL:COUNT` with at least one of them. */
function isKeepalive(value: string): boolean {
  if (value === 'on' || value === 'off') return true
  const [idle = '', interval = '', count = ''] = value.split(/:([^:]*)(?::([\s\S]*))?/)
  const seconds = [idle, interval].map((text) => (text === '' ? 0 : parseTimeMs(text, true)))
  const times = count === '' ? 0 : parseNumber(count)
  return [...seconds, times].every((number) => number !== null) && [...seconds, times].some((number) => number !== 0)
}
