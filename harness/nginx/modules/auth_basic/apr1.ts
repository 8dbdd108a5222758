import { createHash } from 'node:crypto'

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const MAGIC = '$apr1$'

const md5 = (...parts: readonly Buffer[]) => createHash('md5').update(Buffer.concat(parts)).digest()

/** Apache's own MD5 scheme, which `htpasswd` writes (ngx_crypt_apr1). @returns `$apr1$SALT$HASH` for the salt of `stored` */
export function apr1(password: Buffer, stored: string): string {
  const salt = stored.slice(MAGIC.length).split('$', 1)[0]?.slice(0, 8) ?? ''
  let final = first(password, Buffer.from(salt, 'latin1'))
  for (let round = 0; round < 1000; round++) final = again(final, password, Buffer.from(salt, 'latin1'), round)
  return `${MAGIC}${salt}$${printed(final)}`
}

function first(password: Buffer, salt: Buffer): Buffer {
  const inner = md5(password, salt, password)
  const parts = [password, Buffer.from(MAGIC), salt]
  for (let left = password.length; left > 0; left -= 16) parts.push(inner.subarray(0, Math.min(16, left)))
  for (let bits = password.length; bits > 0; bits >>= 1) {
    parts.push((bits & 1) === 1 ? Buffer.of(0) : password.subarray(0, 1))
  }
  return md5(...parts)
}

function again(final: Buffer, password: Buffer, salt: Buffer, round: number): Buffer {
  const odd = (round & 1) === 1
  const parts = [odd ? password : final]
  if (round % 3 !== 0) parts.push(salt)
  if (round % 7 !== 0) parts.push(password)
  parts.push(odd ? final : password)
  return md5(...parts)
}

/** The bytes in the order that crypt(3) has them in, six bits a character. */
function printed(final: Buffer): string {
  const at = (index: number) => final[index] ?? 0
  const groups = [0, 1, 2, 3, 4].map((n) => (at(n) << 16) | (at(n + 6) << 8) | at(n === 4 ? 5 : n + 12))
  return groups.map((value) => characters(value, 4)).join('') + characters(at(11), 2)
}

function characters(value: number, count: number): string {
  return Array.from({ length: count }, (_, n) => ALPHABET.charAt((value >> (6 * n)) & 63)).join('')
}
