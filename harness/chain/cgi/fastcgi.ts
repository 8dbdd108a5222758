import { type Bytes, bufferOf, bytesFrom, type Header, type Headers } from '../message.ts'
import { BrokenRequestError, type CgiReader, type ReadRequest } from './reader.ts'

/** Types of records (FastCGI specification 1.0, section 8). */
const BEGIN_REQUEST = 1
const ABORT_REQUEST = 2
const END_REQUEST = 3
const PARAMS = 4
const STDIN = 5
const STDOUT = 6
const STDERR = 7

const VERSION = 1
/** nginx has one request on a connection at a time, and numbers it so. */
const REQUEST_ID = 1
const HEADER_BYTES = 8
/** What nginx puts into a record of a body (ngx_http_fastcgi_create_request), and what a record holds at most. */
const BODY_RECORD_BYTES = 32 * 1024
const LONGEST_RECORD = 65_535

const RESPONDER = 1
const KEEP_CONN = 1

interface FastCgiRecord {
  readonly version: number
  readonly type: number
  readonly id: number
  readonly content: Buffer
}

/** A request as nginx writes it (ngx_http_fastcgi_create_request). */
export function fastCgiRequest(params: Headers, body: Bytes): Buffer {
  const records = [record(BEGIN_REQUEST, Buffer.from([0, RESPONDER, 0, 0, 0, 0, 0, 0]))]
  if (params.length > 0) records.push(record(PARAMS, Buffer.concat(params.map(pairBytes))))
  records.push(record(PARAMS, Buffer.alloc(0)))
  const sent = bufferOf(body)
  for (let at = 0; at < sent.length; at += BODY_RECORD_BYTES) {
    records.push(record(STDIN, sent.subarray(at, at + BODY_RECORD_BYTES)))
  }
  records.push(record(STDIN, Buffer.alloc(0)))
  return Buffer.concat(records)
}

/** A response of an application that wrote these bytes and ended well. */
export function fastCgiResponse(written: Bytes, id: number): Buffer {
  const sent = bufferOf(written)
  const records: Buffer[] = []
  for (let at = 0; at < sent.length; at += LONGEST_RECORD) {
    records.push(record(STDOUT, sent.subarray(at, at + LONGEST_RECORD), id))
  }
  return Buffer.concat([...records, record(STDOUT, Buffer.alloc(0), id), record(END_REQUEST, Buffer.alloc(8), id)])
}

/** Reads the requests of one connection, as a responder does. */
export class FastCgiRequests implements CgiReader {
  readonly #records = new Records()
  #open: { id: number; keepsOpen: boolean; params: Buffer[]; bytes: number; body: Buffer[] } | null = null

  push(chunk: Buffer): ReadRequest[] {
    return this.#records.push(chunk).flatMap((one) => this.#take(one) ?? [])
  }

  #take({ version, type, id, content }: FastCgiRecord): ReadRequest | null {
    if (version !== VERSION) throw new BrokenRequestError(`FastCGI version ${version}`)
    if (type === BEGIN_REQUEST) {
      this.#open = { id, keepsOpen: ((content[2] ?? 0) & KEEP_CONN) !== 0, params: [], bytes: 0, body: [] }
      return null
    }
    const open = this.#open
    if (open === null || open.id !== id) return null
    if (type === ABORT_REQUEST) throw new BrokenRequestError('the request is aborted')
    open.bytes += content.length
    if (type === PARAMS) open.params.push(content)
    if (type === STDIN && content.length > 0) open.body.push(content)
    if (type !== STDIN || content.length > 0) return null
    this.#open = null
    const params = readPairs(Buffer.concat(open.params))
    return { id, keepsOpen: open.keepsOpen, params, body: bytesFrom(Buffer.concat(open.body)) }
  }

  /** Bytes of the request that is under way. */
  get bytes(): number {
    return this.#open?.bytes ?? 0
  }
}

/**
 * Reads the response of one request, as nginx does (ngx_http_fastcgi_process_record). `push` gives what the application wrote once it
 * has ended, null before that. @throws {BrokenRequestError} it is no FastCGI
 */
export class FastCgiResponse {
  readonly #records = new Records()
  readonly #written: Buffer[] = []

  push(chunk: Buffer): Bytes | null {
    for (const { version, type, id, content } of this.#records.push(chunk)) {
      if (version !== VERSION || id !== REQUEST_ID) throw new BrokenRequestError('no FastCGI')
      if (type === STDOUT) this.#written.push(content)
      else if (type === END_REQUEST) return this.written
      else if (type !== STDERR) throw new BrokenRequestError(`record ${type}`)
    }
    return null
  }

  get written(): Bytes {
    return bytesFrom(Buffer.concat(this.#written))
  }
}

/** Cuts a stream into records. What is of another version is given at once, for its length means nothing. */
class Records {
  #rest: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): FastCgiRecord[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const records: FastCgiRecord[] = []
    let at = 0
    while (at < bytes.length) {
      const version = bytes.readUInt8(at)
      if (version !== VERSION) return [...records, { version, type: 0, id: 0, content: Buffer.alloc(0) }]
      if (bytes.length - at < HEADER_BYTES) break
      const length = bytes.readUInt16BE(at + 4)
      const end = at + HEADER_BYTES + length + bytes.readUInt8(at + 6)
      if (bytes.length < end) break
      const content = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length)
      records.push({ version, type: bytes.readUInt8(at + 1), id: bytes.readUInt16BE(at + 2), content })
      at = end
    }
    this.#rest = Buffer.from(bytes.subarray(at))
    return records
  }
}

/** A record, filled up to a multiple of eight bytes. */
function record(type: number, content: Buffer, id = REQUEST_ID): Buffer {
  const padding = (8 - (content.length % 8)) % 8
  const header = Buffer.from([VERSION, type, id >> 8, id & 255, content.length >> 8, content.length & 255, padding, 0])
  return Buffer.concat([header, content, Buffer.alloc(padding)])
}

function pairBytes([name, value]: Header): Buffer {
  return Buffer.concat([lengthBytes(name), lengthBytes(value), bufferOf(name), bufferOf(value)])
}

/** One byte, or four with the highest bit set (FastCGI specification 1.0, section 3.4). */
function lengthBytes({ length }: Bytes): Buffer {
  if (length <= 127) return Buffer.from([length])
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE((length | 0x80000000) >>> 0)
  return bytes
}

function readPairs(bytes: Buffer): Header[] {
  const pairs: Header[] = []
  let at = 0
  const length = (): number => {
    const first = bytes[at]
    const isLong = first !== undefined && first > 127
    if (first === undefined || (isLong && at + 4 > bytes.length)) throw new BrokenRequestError('a parameter is cut off')
    const value = isLong ? bytes.readUInt32BE(at) & 0x7fffffff : first
    at += isLong ? 4 : 1
    return value
  }
  const text = (size: number): string => {
    if (at + size > bytes.length) throw new BrokenRequestError('a parameter is cut off')
    at += size
    return bytesFrom(bytes.subarray(at - size, at))
  }
  while (at < bytes.length) {
    const [name, value] = [length(), length()]
    pairs.push([text(name), text(value)])
  }
  return pairs
}
