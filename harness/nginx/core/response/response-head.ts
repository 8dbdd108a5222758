import type { Header, Headers } from '../../../chain/message.ts'

/** A line of the answer's head. */
export interface HeaderLine {
  name: string
  value: string
  /** Whether `add_header` wrote it: what nginx itself looks for in the head, it does not find there. */
  readonly isAdded: boolean
}

/** The answer's head while it is put together (`headers_out`). A header whose name is empty is not sent. */
export interface ResponseHead {
  status: number
  contentType: string
  /** What the charset filter adds to it. */
  charset: string | null
  /** Bytes; -1 where it is not known. */
  contentLength: number
  headers: HeaderLine[]
  /** The entry of `headers` that is nginx's Location: made absolute where it starts with `/`. */
  location: HeaderLine | null
  /** Seconds since 1970; null where it is not known. */
  lastModifiedS: number | null
  /** Whether the Last-Modified line is the upstream's, so that nginx writes none. */
  ownLastModified: boolean
  /** The upstream's Accept-Ranges. */
  acceptRanges: HeaderLine | null
  etag: HeaderLine | null
  /** Whether it depends on Accept-Encoding: then `gzip_vary` says so. */
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
  /** Where the body begins that is there, which is a part of the whole (`content_offset`); null where it is the whole. */
  bodyStart: number | null
  /** Whether the body was put together of those of subrequests. */
  isSliced: boolean
  /** What comes behind the body, where its end is no length (`headers_out.trailers`). */
  trailers: Headers
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
    bodyStart: null,
    isSliced: false,
    trailers: [],
  }
}

/** Adds a header line to the answer. @param isAdded whether `add_header` writes it */
export function addHeader(head: ResponseHead, [name, value]: Header, isAdded = false): HeaderLine {
  const line = { name, value, isAdded }
  head.headers.push(line)
  return line
}

/** What nginx finds in the last line of that name (in lower case) that its own modules or the upstream wrote; null for none. */
export function headerOf(head: ResponseHead, key: string): string | null {
  return lineOf(head, key)?.value ?? null
}

/** That line itself, which may get another value. */
export function lineOf({ headers }: ResponseHead, key: string): HeaderLine | null {
  return headers.findLast(({ name, isAdded }) => !isAdded && name.toLowerCase() === key) ?? null
}

/** Takes the lines of that name away that nginx finds. False where there is none. */
export function dropHeader({ headers }: ResponseHead, of: string): boolean {
  const key = of.toLowerCase()
  const lines = headers.filter(({ name, isAdded }) => !isAdded && name.toLowerCase() === key)
  for (const line of lines) line.name = ''
  return lines.length > 0
}

/** Makes the entity tag weak, for a body that is changed; one that is no quoted string goes (ngx_http_weak_etag). */
export function weakenEtag({ headers }: ResponseHead): void {
  for (const line of headers) {
    if (line.isAdded || line.name.toLowerCase() !== 'etag' || line.value.startsWith('W/')) continue
    if (line.value.startsWith('"')) line.value = `W/${line.value}`
    else line.name = ''
  }
}

/** Nothing may be cut from the body any more (ngx_http_clear_accept_ranges). */
export function clearAcceptRanges(head: ResponseHead): void {
  head.allowRanges = false
  if (head.acceptRanges !== null) head.acceptRanges.name = ''
}
