import type { ProxiedEnds } from '../../chain/client-request.ts'
import { type Bytes, bufferOf } from '../../chain/message.ts'

/** A header of the PROXY protocol. */
export interface ProxyHeader {
  /** Null where it names nobody. */
  readonly ends: ProxiedEnds | null
  readonly length: number
}

const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n'
const FIXED_BYTES = 16
/** The longest header of version 1 (NGX_PROXY_PROTOCOL_V1_MAX_HEADER). */
const LONGEST_LINE = 107

/**
 * Reads a header of the PROXY protocol, of version 1 or 2 (ngx_proxy_protocol_read).
 * @returns null where more has to come; `wrong` where it is none, and nginx closes the connection
 */
export function readProxyHeader(bytes: Bytes): ProxyHeader | 'wrong' | null {
  if (SIGNATURE.startsWith(bytes.slice(0, SIGNATURE.length))) return readBinary(bytes)
  if (!'PROXY '.startsWith(bytes.slice(0, 6))) return 'wrong'
  const end = bytes.indexOf('\r\n')
  if (end === -1) return bytes.length < LONGEST_LINE ? null : 'wrong'
  const [, family = '', source = '', target = '', from = '', to = ''] = bytes.slice(0, end).split(' ')
  const length = end + 2
  if (family === 'UNKNOWN') return { ends: null, length }
  if (!/^TCP[46]$/.test(family) || !/^\d{1,5}$/.test(from) || !/^\d{1,5}$/.test(to)) return 'wrong'
  return { ends: endsOf(source, Number(from), target, Number(to)), length }
}

/** ngx_proxy_protocol_v2_read */
function readBinary(bytes: Bytes): ProxyHeader | 'wrong' | null {
  if (bytes.length < FIXED_BYTES) return null
  const header = bufferOf(bytes.slice(0, FIXED_BYTES))
  const length = FIXED_BYTES + header.readUInt16BE(14)
  if (header.readUInt8(12) >> 4 !== 2) return 'wrong'
  if (bytes.length < length) return null
  const body = bufferOf(bytes.slice(FIXED_BYTES, length))
  const family = header.readUInt8(13) >> 4
  const isLocal = (header.readUInt8(12) & 0xf) === 0
  const size = family === 1 ? 4 : family === 2 ? 16 : 0
  if (isLocal || size === 0) return { ends: null, length }
  if (body.length < 2 * size + 4) return 'wrong'
  const address = (at: number): string => (size === 4 ? body.subarray(at, at + 4).join('.') : inIPv6(body, at))
  const port = (at: number): number => body.readUInt16BE(2 * size + at)
  return { ends: endsOf(address(0), port(0), address(size), port(2)), length }
}

function inIPv6(bytes: Buffer, at: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(at + 2 * index).toString(16))
  return groups.join(':')
}

function endsOf(source: string, from: number, target: string, to: number): ProxiedEnds {
  return { client: { address: shortest(source), port: from }, server: { address: shortest(target), port: to } }
}

/** IPv6 in its shortest form, as nginx writes it (RFC 5952). */
function shortest(address: string): string {
  if (!address.includes(':')) return address
  return new URL(`http://[${address}]`).hostname.slice(1, -1)
}
