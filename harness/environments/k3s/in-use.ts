interface Waiting {
  readonly kind: string
  readonly goAhead: () => void
}

/** Lets one at a time have something; the others wait. Of those, one that is of the kind of the last comes first. */
export class InUse {
  readonly #waiting: Waiting[] = []
  #isTaken = false
  #kind = ''

  /**
   * Waits for its turn.
   * @param kind what it will make of the thing: those that make the same of it find it ready
   * @returns gives it back; may be called again
   */
  async take(kind: string): Promise<() => void> {
    if (this.#isTaken) await new Promise<void>((resolve) => this.#waiting.push({ kind, goAhead: resolve }))
    this.#isTaken = true
    this.#kind = kind
    let isGivenBack = false
    return () => {
      if (!isGivenBack) this.#next()
      isGivenBack = true
    }
  }

  /** It stays taken where somebody waits, so that nobody comes in between. */
  #next(): void {
    const like = this.#waiting.findIndex(({ kind }) => kind === this.#kind)
    const [next] = this.#waiting.splice(Math.max(0, like), 1)
    this.#isTaken = next !== undefined
    next?.goAhead()
  }
}
