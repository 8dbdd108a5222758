import { createHash } from 'node:crypto'
import type { RequestState } from '../../core/request/request-state.ts'
import { Slot } from '../../core/slot.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import { secureLink } from './compile.ts'

/** When the link of a request expires, as it says; null where it does not. */
const expiry = new Slot<RequestState, string | null>(null)

/** `$secure_link`: `1` where the link is right, `0` where it has expired (ngx_http_secure_link_variable). */
export function secureLinkOf(state: RequestState): string | null {
  const { secret, link, md5 } = secureLink.of(state.location.settings)
  if (secret !== null) return linkBySecret(state, secret)
  if (link === null || md5 === null) return null
  const value = evaluate(link, state)
  const comma = value.indexOf(',')
  const expires = comma === -1 ? null : value.slice(comma + 1)
  if (expires !== null && !isTime(expires)) return null
  if (expires !== null) expiry.keep(state, expires)
  const checksum = checksumOf(comma === -1 ? value : value.slice(0, comma))
  if (checksum === null || !checksum.equals(md5Of(evaluate(md5, state)))) return null
  return expires !== null && Number(expires) < state.site.dateS() ? '0' : '1'
}

/** `$secure_link_expires`, once `$secure_link` has been read. */
export function secureLinkExpires(state: RequestState): string | null {
  return expiry.of(state)
}

/** Seconds since 1970 (ngx_atotm): a number above 0, of at most 64 bits. */
function isTime(text: string): boolean {
  return /^\d+$/.test(text) && BigInt(text) > 0n && BigInt(text) < 2n ** 63n
}

/** 16 bytes in base64url; what stands behind a `=` does not count. */
function checksumOf(text: string): Buffer | null {
  const [, digits] = (text.length <= 24 && /^([A-Za-z0-9_-]{22})(?:$|=)/.exec(text)) || []
  return digits === undefined ? null : Buffer.from(digits, 'base64url')
}

function md5Of(bytes: string): Buffer {
  return createHash('md5').update(bytes, 'latin1').digest()
}

/** The rest of `/prefix/checksum/rest`, where the checksum is right (ngx_http_secure_link_old_variable). */
function linkBySecret({ unparsedUri }: RequestState, secret: string): string | null {
  const [, checksum, link] = /^.[^/]*\/([0-9a-fA-F]{32})\/(.+)$/s.exec(unparsedUri) ?? []
  if (checksum === undefined || link === undefined) return null
  return Buffer.from(checksum, 'hex').equals(md5Of(link + secret)) ? link : null
}
