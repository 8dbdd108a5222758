import type { NginxDecision } from '../../nginx/site.ts'
import type { Try } from '../../trace/trace.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** How long an environment waits for what nginx does in the background when the client has its answer, in ms. */
const PATIENCE_MS = 5_000

/** A try, and the index of the pass that made it. */
export interface SentTry {
  readonly pass: number
  readonly made: Try
}

/** What nginx sent for one request, and the subrequests of it that nobody waits for (`mirror`). */
export class Background {
  readonly sent: SentTry[] = []
  readonly #clock: VirtualClock
  readonly #left = new AbortController()
  readonly #running: Promise<void>[] = []
  #latest: NginxDecision | null = null

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  /** Begins a subrequest, which gives what nginx had decided by its end. */
  add(start: (left: AbortSignal) => Promise<NginxDecision>): void {
    const running = start(this.#left.signal).then((decision) => {
      this.#latest = decision
    })
    // It is looked at when the request itself is over.
    running.catch(() => undefined)
    this.#running.push(running)
  }

  /** The client has left before it had its answer: nginx then leaves everybody. */
  leave(): void {
    this.#left.abort()
  }

  /** Whether a request that `gone` ends is one that nobody waited for to its end. */
  isLeft(gone: AbortSignal): boolean {
    return gone === this.#left.signal && gone.aborted
  }

  /** Waits for their end. Gives what nginx had decided by then; null where there is none. */
  async over(): Promise<NginxDecision | null> {
    if (this.#running.length === 0) return null
    const timer = this.#clock.setTimeout(() => this.leave(), PATIENCE_MS)
    await Promise.all(this.#running).finally(() => this.#clock.clearTimeout(timer))
    return this.#latest
  }
}
