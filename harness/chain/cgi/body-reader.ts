import { bytesFrom, type Headers } from '../message.ts'
import type { ReadRequest } from './reader.ts'

/** Reads a body that is as long as CONTENT_LENGTH says. */
export class BodyReader {
  #params: Headers | null = null
  #wanted = 0
  #chunks: Buffer[] = []
  #bytes = 0

  get isOpen(): boolean {
    return this.#params !== null
  }

  /** Bytes of the body that have come. */
  get bytes(): number {
    return this.#bytes
  }

  open(params: Headers): void {
    const length = params.findLast(([name]) => name === 'CONTENT_LENGTH')?.[1] ?? ''
    this.#params = params
    this.#wanted = /^\d+$/.test(length) ? Number(length) : 0
  }

  /** The request, once its body is there. */
  push(chunk: Buffer): ReadRequest[] {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    const params = this.#params
    if (params === null || this.#bytes < this.#wanted) return []
    const body = bytesFrom(Buffer.concat(this.#chunks).subarray(0, this.#wanted))
    this.#params = null
    this.#chunks = []
    return [{ id: 0, keepsOpen: false, params, body }]
  }
}
