/** A header as it stood on the wire: name in its original case, value without surrounding white space. */
export type Header = readonly [name: string, value: string]

/** Header lines in wire order, duplicates kept. Strings hold bytes as Latin-1, as node:http gives them. */
export type Headers = readonly Header[]

/** A request as it stood on the wire. `target` is the raw request target, byte for byte (RFC 9112 section 3.2). */
export interface RequestMessage {
  readonly method: string
  readonly target: string
  readonly httpVersion: '1.0' | '1.1'
  readonly headers: Headers
  readonly body: Buffer
}

/** A response as it stood on the wire, its body decoded from the transfer coding. */
export interface ResponseMessage {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

/** The first value of a header, matched without case; undefined where there is none. */
export function headerValue(headers: Headers, name: string): string | undefined {
  const wanted = name.toLowerCase()
  return headers.find(([key]) => key.toLowerCase() === wanted)?.[1]
}

/** Every value of a header, matched without case, in wire order. */
export function headerValues(headers: Headers, name: string): string[] {
  const wanted = name.toLowerCase()
  return headers.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value)
}

/** Pairs up the flat list that node:http calls `rawHeaders`. */
export function headersFromRaw(raw: readonly string[]): Header[] {
  const headers: Header[] = []
  for (let at = 0; at + 1 < raw.length; at += 2) headers.push([raw[at] ?? '', raw[at + 1] ?? ''])
  return headers
}
