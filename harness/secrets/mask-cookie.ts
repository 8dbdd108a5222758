/** What a Set-Cookie line says of its cookie (RFC 6265 section 5.2, and what browsers added since). None of it is a secret. */
const ATTRIBUTES = new Set([
  'expires',
  'max-age',
  'domain',
  'path',
  'secure',
  'httponly',
  'samesite',
  'partitioned',
  'priority',
])

/**
 * A Cookie or Set-Cookie value in which `mask` has replaced what is secret: the value of each cookie. Names stay, and so do
 * the attributes of a Set-Cookie line. Without a `=` a text may be a name or a value, and counts as a value.
 * @param name the header's, in lower case
 * @param whole false for a part of a value, or a pattern for one, which may begin with an attribute
 */
export function maskCookies(
  name: 'cookie' | 'set-cookie',
  text: string,
  whole: boolean,
  mask: (value: string) => string,
): string {
  const maskPart = (part: string, index: number): string => {
    const start = part.indexOf('=') + 1
    const isCookie = name === 'cookie' || (whole && index === 0)
    if (!isCookie && isAttribute(start === 0 ? part : part.slice(0, start))) return part
    const value = part.slice(start).trimStart()
    // Nothing stands after the last `;`.
    return start === 0 && value === '' ? part : part.slice(0, part.length - value.length) + mask(value)
  }
  return text.split(';').map(maskPart).join(';')
}

/** In a pattern or between quotes, more than the name may stand there. */
function isAttribute(text: string): boolean {
  return ATTRIBUTES.has(text.replace(/[^a-z-]/gi, '').toLowerCase())
}
