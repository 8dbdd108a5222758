/** MurmurHash2 with nginx's seed: the length (ngx_murmur_hash2). @returns 32 bits without a sign */
export function murmurHash2(bytes: Buffer): number {
  let hash = (0 ^ bytes.length) >>> 0
  let at = 0
  for (; bytes.length - at >= 4; at += 4) {
    let word = Math.imul(bytes.readUInt32LE(at), 0x5bd1e995)
    word = Math.imul(word ^ (word >>> 24), 0x5bd1e995)
    hash = Math.imul(hash, 0x5bd1e995) ^ word
  }
  const rest = bytes.subarray(at)
  if (rest.length > 0) {
    for (const [index, byte] of rest.entries()) hash ^= byte << (8 * index)
    hash = Math.imul(hash, 0x5bd1e995)
  }
  hash = Math.imul(hash ^ (hash >>> 13), 0x5bd1e995)
  return (hash ^ (hash >>> 15)) >>> 0
}
