import { fstatSync, ftruncateSync, openSync, readSync } from 'node:fs'
import { INSIDE } from '../protocol.ts'

/** The file that all of nginx's error logs lead to. Bytes as Latin-1. */
export class ErrorLog {
  /** Open for appending: other writers go on at its end, also after it was emptied. */
  readonly fd = openSync(INSIDE.errorLog, 'a+')
  #text = ''
  #offset = 0

  empty(): void {
    ftruncateSync(this.fd)
    this.#text = ''
    this.#offset = 0
  }

  /** Everything since it was emptied. */
  read(): string {
    const size = fstatSync(this.fd).size
    if (size > this.#offset) {
      const chunk = Buffer.alloc(size - this.#offset)
      this.#offset += readSync(this.fd, chunk, 0, chunk.length, this.#offset)
      this.#text += chunk.toString('latin1')
    }
    return this.#text
  }
}
