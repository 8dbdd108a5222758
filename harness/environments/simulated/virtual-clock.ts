/** A timer of the virtual clock; only its clock knows what to do with it. */
export interface VirtualTimer {
  readonly at: number
  readonly order: number
  readonly fire: () => void
}

/**
 * Time that passes only when everybody waits for it: a 60 s timeout costs nothing. Code under test arms timers as it
 * would arm real ones; code that really waits (a slow stub, a silent address) calls `waitFor`, and the clock then jumps
 * from timer to timer, letting the chain settle after each, until nobody waits any more.
 */
export class VirtualClock {
  #nowMs: number
  #order = 0
  #waiting = 0
  #running = false
  readonly #timers = new Set<VirtualTimer>()
  readonly #activity: () => number

  /**
   * @param startMs the epoch time it begins at, in ms
   * @param activity a counter that moves while bytes still travel: the clock stands still until it does
   */
  constructor(startMs: number, activity: () => number) {
    this.#nowMs = startMs
    this.#activity = activity
  }

  /** Virtual epoch time, in ms. */
  now(): number {
    return this.#nowMs
  }

  /** Like the global `setTimeout`, in virtual ms. `Infinity` never fires. */
  setTimeout(fire: () => void, delayMs: number): VirtualTimer {
    const timer = { at: this.#nowMs + delayMs, order: this.#order++, fire }
    if (delayMs !== Number.POSITIVE_INFINITY) this.#timers.add(timer)
    return timer
  }

  clearTimeout(timer: VirtualTimer): void {
    this.#timers.delete(timer)
  }

  /** Waits until `delayMs` of virtual time have passed, or until `signal` says that nobody needs it any more. */
  async waitFor(delayMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return
    this.#waiting++
    this.#run()
    await new Promise<void>((resolve) => {
      const timer = this.setTimeout(resolve, delayMs)
      signal?.addEventListener('abort', () => {
        this.clearTimeout(timer)
        resolve()
      })
    })
    this.#waiting--
  }

  /** Jumps to the next timer while somebody waits. A wait with no timer left is ended by its signal alone. */
  async #run(): Promise<void> {
    if (this.#running) return
    this.#running = true
    for (;;) {
      await this.settle()
      const next = this.#waiting > 0 ? this.#earliest() : undefined
      if (next === undefined) break
      this.#timers.delete(next)
      this.#nowMs = next.at
      next.fire()
    }
    this.#running = false
  }

  /**
   * Lets promises, streams and parsers run until no byte has moved for a few turns of the event loop, or until what is
   * waited for is there.
   */
  async settle(isEnough: () => boolean = () => false): Promise<void> {
    const quietTurns = 4
    let seen = this.#activity()
    for (let quiet = 0; quiet < quietTurns && !isEnough(); quiet++) {
      await new Promise<void>((resolve) => setImmediate(resolve))
      if (this.#activity() === seen) continue
      seen = this.#activity()
      quiet = -1
    }
  }

  #earliest(): VirtualTimer | undefined {
    let earliest: VirtualTimer | undefined
    for (const timer of this.#timers) {
      if (
        earliest === undefined ||
        timer.at < earliest.at ||
        (timer.at === earliest.at && timer.order < earliest.order)
      ) {
        earliest = timer
      }
    }
    return earliest
  }
}

/** Arguments of a wait that ends with a connection or a message alone. */
export function untilClosed(
  stream: { once(event: string, listener: () => void): unknown },
  ...events: readonly string[]
): [number, AbortSignal] {
  const controller = new AbortController()
  for (const event of ['close', ...events]) stream.once(event, () => controller.abort())
  return [Number.POSITIVE_INFINITY, controller.signal]
}
