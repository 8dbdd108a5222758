import { type Bytes, bufferOf, bytesFrom, type Header, type Headers } from '../message.ts'
import { BodyReader } from './body-reader.ts'
import { BrokenRequestError, type CgiReader, type ReadRequest } from './reader.ts'

const HEADER_BYTES = 4

/** A request as nginx writes it (ngx_http_uwsgi_create_request): a packet of names and values, and the body. */
export function uwsgiRequest(params: Headers, body: Bytes): Buffer {
  const pairs = Buffer.concat(params.flatMap((pair) => pair.map(stringBytes)))
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt16LE(pairs.length, 1)
  return Buffer.concat([header, pairs, bufferOf(body)])
}

/** Reads the one request of a connection (https://uwsgi-docs.readthedocs.io/en/latest/Protocol.html). */
export class UwsgiRequests implements CgiReader {
  readonly #body = new BodyReader()
  #head: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): ReadRequest[] {
    if (this.#body.isOpen) return this.#body.push(chunk)
    this.#head = Buffer.concat([this.#head, chunk])
    if (this.#head.length < HEADER_BYTES) return []
    const end = HEADER_BYTES + this.#head.readUInt16LE(1)
    if (this.#head.length < end) return []
    this.#body.open(readPairs(this.#head.subarray(HEADER_BYTES, end)))
    return this.#body.push(this.#head.subarray(end))
  }

  get bytes(): number {
    return this.#head.length + this.#body.bytes
  }
}

function stringBytes(text: Bytes): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16LE(text.length)
  return Buffer.concat([length, bufferOf(text)])
}

function readPairs(bytes: Buffer): Header[] {
  const texts: Bytes[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 2 > bytes.length ? Number.POSITIVE_INFINITY : at + 2 + bytes.readUInt16LE(at)
    if (end > bytes.length) throw new BrokenRequestError('a uwsgi variable is cut off')
    texts.push(bytesFrom(bytes.subarray(at + 2, end)))
    at = end
  }
  return texts.flatMap((name, at): Header[] => (at % 2 === 0 ? [[name, texts[at + 1] ?? '']] : []))
}
