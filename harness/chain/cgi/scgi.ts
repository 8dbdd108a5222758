import { type Bytes, bufferOf, bytesFrom, type Header, type Headers } from '../message.ts'
import { BodyReader } from './body-reader.ts'
import { BrokenRequestError, type CgiReader, type ReadRequest } from './reader.ts'

/** Digits of the longest netstring that is read. */
const LONGEST_LENGTH = 7

/** A request as nginx writes it (ngx_http_scgi_create_request): a netstring of names and values, and the body. */
export function scgiRequest(params: Headers, body: Bytes): Buffer {
  const pairs = params.map(([name, value]) => `${name}\0${value}\0`).join('')
  return bufferOf(`${pairs.length}:${pairs},${body}`)
}

/** Reads the one request of a connection (https://python.ca/scgi/protocol.txt). */
export class ScgiRequests implements CgiReader {
  readonly #body = new BodyReader()
  #head: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): ReadRequest[] {
    if (this.#body.isOpen) return this.#body.push(chunk)
    this.#head = Buffer.concat([this.#head, chunk])
    const colon = this.#head.indexOf(':')
    if (colon > LONGEST_LENGTH || (colon === -1 && this.#head.length > LONGEST_LENGTH)) broken()
    if (colon === -1) return []
    const digits = bytesFrom(this.#head.subarray(0, colon))
    if (!/^\d+$/.test(digits)) broken()
    const end = colon + 1 + Number(digits)
    if (this.#head.length <= end) return []
    if (this.#head[end] !== COMMA) broken()
    this.#body.open(readPairs(bytesFrom(this.#head.subarray(colon + 1, end))))
    return this.#body.push(this.#head.subarray(end + 1))
  }

  get bytes(): number {
    return this.#head.length + this.#body.bytes
  }
}

const COMMA = ','.charCodeAt(0)

function readPairs(text: Bytes): Header[] {
  const parts = text.split('\0')
  const pairs: Header[] = []
  for (let at = 0; at + 1 < parts.length; at += 2) pairs.push([parts[at] ?? '', parts[at + 1] ?? ''])
  return pairs
}

function broken(): never {
  throw new BrokenRequestError('no SCGI')
}
