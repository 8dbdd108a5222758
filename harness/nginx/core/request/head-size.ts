import type { RequestMessage } from '../../../chain/message.ts'
import type { HeaderBuffers } from '../site-config.ts'

/** Whether a request's head fits into nginx's buffers: 414 for its first line, 494 (which a client sees as 400) for a header. */
export class HeadSize {
  #used = 0
  #size: number
  #large = 0

  constructor(first: number) {
    this.#size = first
  }

  /** Takes one line, its length in bytes with its line break. False where it does not fit (ngx_http_alloc_large_header_buffer). */
  take(length: number, { count, size }: HeaderBuffers): boolean {
    if (this.#used + length > this.#size) {
      if (this.#large === count || length > size) return false
      this.#large++
      this.#size = size
      this.#used = 0
    }
    this.#used += length
    return true
  }
}

/** Bytes of the request line with its line break. */
export function requestLineLength({ method, target, httpVersion }: RequestMessage): number {
  return method.length + target.length + httpVersion.length + '  HTTP/\r\n'.length
}
