const PERCENT = 0x25
/** The most bytes that UTF-8 ever gave one character (RFC 2279; RFC 3629 allows four). */
const MAX_UTF8_BYTES = 6

/**
 * Whether a path (raw, Latin-1) means `.` or `..` as a segment to anybody: percent-encoded any number of times, in overlong
 * UTF-8 (`%c0%ae`, RFC 3629 section 10), between slashes or backslashes, or with a parameter (`..;x`, which Servlet
 * containers take off before they look at the segment).
 */
export function hasDotSegment(path: string): boolean {
  if (!path.includes('.') && !path.includes('%')) return false
  return decodedFully(path)
    .split(/[/\\]/)
    .some((segment) => segment === '.' || segment === '..' || segment.startsWith('.;') || segment.startsWith('..;'))
}

/** Whether a path means a NUL to anybody, encoded as above. */
export function hasNul(path: string): boolean {
  return path.includes('%') && decodedFully(path).includes('\0')
}

/**
 * A path after as many percent-decodings as change anything, overlong UTF-8 read as what it stands for. One pass: what a
 * decoding leaves is looked at with what stands before it, so `%252e`, `%%32%65` and `%c0%ae` all give `.`.
 */
function decodedFully(path: string): string {
  const bytes = new Uint8Array(path.length)
  let length = 0
  for (let at = 0; at < path.length; at++) {
    bytes[length++] = path.charCodeAt(at)
    let shorter = shortened(bytes, length)
    while (shorter !== length) {
      length = shorter
      shorter = shortened(bytes, length)
    }
  }
  return Buffer.from(bytes.buffer, 0, length).toString('latin1')
}

/** Reads an escape or an overlong sequence at the end of the bytes as the byte it stands for. @returns the length that is left */
function shortened(bytes: Uint8Array, length: number): number {
  const last = bytes[length - 1] ?? 0
  if (last >= 0x80) return withoutOverlong(bytes, length)
  const [high, low] = [hexValue(bytes[length - 2]), hexValue(last)]
  if (length < 3 || bytes[length - 3] !== PERCENT || high === null || low === null) return length
  bytes[length - 3] = high * 16 + low
  return length - 2
}

function hexValue(byte = 0): number | null {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : null
}

function withoutOverlong(bytes: Uint8Array, length: number): number {
  let value = 0
  for (let back = 1; back <= MAX_UTF8_BYTES && back <= length; back++) {
    const byte = bytes[length - back] ?? 0
    const isContinuation = byte >= 0x80 && byte < 0xc0
    if (isContinuation) {
      value += (byte & 0x3f) << (6 * (back - 1))
      continue
    }
    const size = Math.clz32(~(byte << 24))
    if (size !== back || size < 2) return length
    value += (byte & (0x7f >> size)) << (6 * (size - 1))
    if (value < 0 || value >= 0x80) return length
    bytes[length - size] = value
    return length - size + 1
  }
  return length
}
