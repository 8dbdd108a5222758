import type { Bytes, Headers } from '../message.ts'

/** A request that came over a connection. */
export interface ReadRequest {
  /** What its answer names it by, where connections carry several. */
  readonly id: number
  /** Whether the client wants the connection to stay open. */
  readonly keepsOpen: boolean
  readonly params: Headers
  readonly body: Bytes
}

/** Reads the requests of one connection. */
export interface CgiReader {
  /** Takes more bytes, and gives the requests that they end. @throws {BrokenRequestError} they are none */
  push(chunk: Buffer): ReadRequest[]
  /** Bytes of the request that is under way. */
  readonly bytes: number
}

/** Bytes that are no request, or no response. */
export class BrokenRequestError extends Error {}
