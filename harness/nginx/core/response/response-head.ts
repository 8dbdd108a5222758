import type { Header } from '../../../chain/message.ts'

/** The answer's head while it is put together (`headers_out`). A header whose name is empty is not sent. */
export interface ResponseHead {
  status: number
  contentType: string
  /** What the charset filter adds to it. */
  charset: string | null
  /** Bytes; -1 where it is not known. */
  contentLength: number
  headers: { name: string; value: string }[]
  /** The entry of `headers` that is nginx's Location: made absolute where it starts with `/`. */
  location: { name: string; value: string } | null
  /** Seconds since 1970; null where it is not known. */
  lastModifiedS: number | null
  /** Whether the Last-Modified line is the upstream's, so that nginx writes none. */
  ownLastModified: boolean
  /** The upstream's Accept-Ranges. */
  acceptRanges: { name: string; value: string } | null
  etag: { name: string; value: string } | null
  /** Whether `Vary: Accept-Encoding` is added. */
  varies: boolean
  /** Whether nginx may answer with a part of it. */
  allowRanges: boolean
  /** Whether the Server line is the upstream's (`proxy_pass_header Server`), so that nginx writes none. */
  ownServer: boolean
  /** The same for Date. */
  ownDate: boolean
  /** Whether an upstream's answer is compared with the conditions of the request, as nginx's own are (`disable_not_modified`). */
  isConditional: boolean
  /** Whether it is cut to one range at the most. */
  singleRange: boolean
}

/** The head of an answer before anything is known of it. */
export function emptyHead(): ResponseHead {
  return {
    status: 0,
    contentType: '',
    charset: null,
    contentLength: -1,
    headers: [],
    location: null,
    lastModifiedS: null,
    ownLastModified: false,
    acceptRanges: null,
    etag: null,
    varies: false,
    allowRanges: false,
    ownServer: false,
    ownDate: false,
    isConditional: false,
    singleRange: false,
  }
}

/** Adds a header line to the answer. */
export function addHeader(head: ResponseHead, [name, value]: Header): { name: string; value: string } {
  const line = { name, value }
  head.headers.push(line)
  return line
}

/** Takes the lines of that name out of the answer. False where there is none. */
export function dropHeader(head: ResponseHead, name: string): boolean {
  const lines = head.headers.filter((line) => line.name.toLowerCase() === name.toLowerCase())
  for (const line of lines) line.name = ''
  return lines.length > 0
}

/** Makes the entity tag a weak one (ngx_http_weak_etag). One that is no quoted string cannot be made weak, and goes. */
export function weakenEtag(head: ResponseHead): void {
  for (const line of head.headers) {
    if (line.name.toLowerCase() !== 'etag' || line.value.startsWith('W/')) continue
    if (line.value.startsWith('"')) line.value = `W/${line.value}`
    else line.name = ''
  }
}
