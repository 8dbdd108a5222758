import type { Clock } from '../clock.ts'

interface Timer {
  readonly atMs: number
  readonly fire: () => void
}

/** Time that passes when a test says so. */
export class ManualClock implements Clock {
  #nowMs = Date.UTC(2024, 0, 1)
  readonly #timers = new Set<Timer>()

  now(): number {
    return this.#nowMs
  }

  setTimeout(fire: () => void, delayMs: number): Timer {
    const timer = { atMs: this.#nowMs + delayMs, fire }
    this.#timers.add(timer)
    return timer
  }

  clearTimeout(timer: Timer): void {
    this.#timers.delete(timer)
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.size
  }

  /** Resolves when a timer waits. */
  async armed(): Promise<void> {
    while (this.#timers.size === 0) await new Promise<void>((resolve) => setImmediate(resolve))
  }

  /** Lets time pass, and fires the timers that are due. */
  pass(ms: number): void {
    this.#nowMs += ms
    for (const timer of [...this.#timers].filter(({ atMs }) => atMs <= this.#nowMs)) {
      this.#timers.delete(timer)
      timer.fire()
    }
  }
}
