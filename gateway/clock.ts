/**
 * Where the gateway takes time from: every timeout, the age of a token and the elapsed time of a request. Timer handles
 * mean something to their own clock only.
 */
export interface Clock {
  /** Epoch time, in ms. */
  now(): number
  setTimeout(fire: () => void, delayMs: number): unknown
  clearTimeout(timer: unknown): void
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (fire, delayMs) => setTimeout(fire, delayMs),
  clearTimeout(timer: NodeJS.Timeout) {
    clearTimeout(timer)
  },
}
