import { type Bytes, bytesFrom, type CgiProtocol, type CgiRequest, type ResponseMessage } from '../message.ts'
import { readCgiResponse } from './cgi-response.ts'
import { FastCgiResponse, fastCgiRequest } from './fastcgi.ts'
import { BrokenRequestError } from './reader.ts'
import { scgiRequest } from './scgi.ts'
import { uwsgiRequest } from './uwsgi.ts'

/** What nginx makes of what an application sent: an answer, an end before there was one, or bytes that are none. */
export type CgiOutcome =
  | { readonly kind: 'answered'; readonly response: ResponseMessage; readonly headBytes: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'invalid' }

/** Reads the response of one request. */
export interface CgiResponseReader {
  /** Takes more bytes, and gives the outcome once it is known. */
  push(chunk: Buffer): CgiOutcome | null
  /** The outcome where the connection is closed now. */
  end(): CgiOutcome
}

const WRITERS: Readonly<Record<CgiProtocol, (params: CgiRequest['params'], body: Bytes) => Buffer>> = {
  fastcgi: fastCgiRequest,
  scgi: scgiRequest,
  uwsgi: uwsgiRequest,
}

/** A request as nginx writes it. */
export function cgiRequestBytes({ protocol, params }: CgiRequest, body: Bytes): Buffer {
  return WRITERS[protocol](params, body)
}

export function cgiResponseReader(protocol: CgiProtocol): CgiResponseReader {
  return protocol === 'fastcgi' ? new FastCgiReader() : new PlainReader(protocol)
}

/** The header of a record, which stands in the buffer of the answer's header too. */
const RECORD_HEADER_BYTES = 8

/** It ends with a record that says so; what ends before its header is no answer. */
class FastCgiReader implements CgiResponseReader {
  readonly #response = new FastCgiResponse()

  push(chunk: Buffer): CgiOutcome | null {
    try {
      const written = this.#response.push(chunk)
      return written === null ? null : this.#outcome(written, 'invalid')
    } catch (error) {
      if (error instanceof BrokenRequestError) return { kind: 'invalid' }
      throw error
    }
  }

  end(): CgiOutcome {
    return this.#outcome(this.#response.written, 'reset')
  }

  #outcome(written: Bytes, unfinished: 'invalid' | 'reset'): CgiOutcome {
    const read = readCgiResponse(written, 'fastcgi')
    if (read.kind === 'answered') return { ...read, headBytes: read.headBytes + RECORD_HEADER_BYTES }
    return read.kind === 'invalid' ? read : { kind: unfinished }
  }
}

/** It ends with its connection. */
class PlainReader implements CgiResponseReader {
  readonly #protocol: CgiProtocol
  readonly #chunks: Buffer[] = []

  constructor(protocol: CgiProtocol) {
    this.#protocol = protocol
  }

  push(chunk: Buffer): null {
    this.#chunks.push(chunk)
    return null
  }

  end(): CgiOutcome {
    const read = readCgiResponse(bytesFrom(Buffer.concat(this.#chunks)), this.#protocol)
    return read.kind === 'unfinished' ? { kind: 'reset' } : read
  }
}
