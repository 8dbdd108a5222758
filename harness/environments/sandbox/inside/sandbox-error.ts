/** What the inside could not do, in words for the user; `remedy` says what to do where that is known. */
export class SandboxError extends Error {
  readonly remedy: string | null

  constructor(message: string, remedy: string | null = null) {
    super(message)
    this.name = 'SandboxError'
    this.remedy = remedy
  }
}
