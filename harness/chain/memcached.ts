import type { CgiOutcome, CgiResponseReader } from './cgi/cgi-outcome.ts'
import { BrokenRequestError, type CgiReader, type ReadRequest } from './cgi/reader.ts'
import { type Bytes, bufferOf, bytesFrom, type RequestMessage, type ResponseMessage } from './message.ts'

/** What ends a value (https://github.com/memcached/memcached/blob/master/doc/protocol.txt). */
const END = '\r\nEND\r\n'

/** A key that memcached is asked for, as a message: its target. */
export function memcachedMessage(key: string): RequestMessage {
  return { method: 'GET', target: key, httpVersion: '1.1', headers: [], body: '', isMemcached: true }
}

/** As nginx asks for it (ngx_http_memcached_create_request). */
export function memcachedRequest(key: string): Buffer {
  return bufferOf(`get ${key}\r\n`)
}

/** The answer of memcached to one key: a value for 200, none for 404, and an error for anything else. */
export function memcachedResponse({ status, body }: ResponseMessage, key: string): Buffer {
  if (status === 404) return bufferOf('END\r\n')
  return bufferOf(status === 200 ? `VALUE ${key} 0 ${body.length}\r\n${body}${END}` : `SERVER_ERROR ${status}\r\n`)
}

/** Reads the keys that are asked for over one connection, each as a parameter `key`. */
export class MemcachedRequests implements CgiReader {
  #text: Bytes = ''

  push(chunk: Buffer): ReadRequest[] {
    const lines = (this.#text + bytesFrom(chunk)).split('\r\n')
    this.#text = lines.pop() ?? ''
    return lines.map((line) => {
      if (!/^get [^ ]+$/.test(line)) throw new BrokenRequestError('no request for one key')
      return { id: 0, keepsOpen: true, params: [['key', line.slice('get '.length)]], body: '' }
    })
  }

  get bytes(): number {
    return this.#text.length
  }
}

/** Reads what memcached answers as nginx does (ngx_http_memcached_process_header, ngx_http_memcached_filter). */
export class MemcachedReader implements CgiResponseReader {
  readonly #key: string
  #text: Bytes = ''

  constructor(key: string) {
    this.#key = key
  }

  push(chunk: Buffer): CgiOutcome | null {
    this.#text += bytesFrom(chunk)
    return this.#read(false)
  }

  end(): CgiOutcome {
    return this.#read(true) ?? { kind: 'reset' }
  }

  #read(isOver: boolean): CgiOutcome | null {
    const at = this.#text.indexOf('\n')
    if (at === -1) return null
    const line = this.#text.slice(0, at)
    const headBytes = at + 1
    if (line === 'END\r') return { kind: 'answered', response: { status: 404, headers: [], body: '' }, headBytes }
    const start = `VALUE ${this.#key} `
    const [, digits] = line.startsWith(start) ? (/^[^ ]* (\d{1,15})\r$/.exec(line.slice(start.length)) ?? []) : []
    if (digits === undefined) return { kind: 'invalid' }
    const length = Number(digits)
    const sent = this.#text.slice(headBytes)
    if (!isOver && sent.length < length + END.length) return null
    const response: ResponseMessage = {
      status: 200,
      headers: [['Content-Length', digits]],
      body: sent.slice(0, length),
    }
    return { kind: 'answered', response, headBytes }
  }
}
