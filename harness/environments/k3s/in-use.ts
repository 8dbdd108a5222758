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
   * @param signal ends the waiting
   * @returns gives it back; may be called again
   * @throws the signal's reason
   */
  async take(kind: string, signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted()
    if (this.#isTaken) await this.#turn(kind, signal)
    this.#isTaken = true
    this.#kind = kind
    let isGivenBack = false
    return () => {
      if (!isGivenBack) this.#next()
      isGivenBack = true
    }
  }

  #turn(kind: string, signal: AbortSignal | undefined): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const goAhead = (): void => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const waiting = { kind, goAhead }
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', leave, { once: true })
      this.#waiting.push(waiting)
    })
  }

  /** It stays taken where somebody waits, so that nobody comes in between. */
  #next(): void {
    const like = this.#waiting.findIndex(({ kind }) => kind === this.#kind)
    const [next] = this.#waiting.splice(Math.max(0, like), 1)
    this.#isTaken = next !== undefined
    next?.goAhead()
  }
}
