/** More of one file nobody reads. */
export const MAX_FILE_BYTES = 2 * 1024 * 1024

/** The end of a text, where there is more of it than has room: whole lines, with a first one that says what is left out. */
export function bounded(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= maxBytes) return text
  const from = bytes.indexOf('\n', bytes.length - maxBytes) + 1
  const end = from === 0 ? '' : bytes.subarray(from).toString()
  return `… ${bytes.length - Buffer.byteLength(end)} bytes before this are left out\n${end}`
}
