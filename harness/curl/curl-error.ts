/** A curl line that cannot be sent here. `message` is the end of a sentence; `remedy` says what to do. */
export class CurlError extends Error {
  readonly remedy: string

  constructor(message: string, remedy: string) {
    super(message)
    this.name = 'CurlError'
    this.remedy = remedy
  }
}
