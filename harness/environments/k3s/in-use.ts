/** Lets one at a time have something; the others wait their turn. */
export class InUse {
  #last: Promise<void> = Promise.resolve()

  /** Waits for its turn. @returns gives it back; may be called again */
  async take(): Promise<() => void> {
    const before = this.#last
    let release: () => void = () => undefined
    this.#last = new Promise((resolve) => {
      release = resolve
    })
    await before
    return release
  }
}
