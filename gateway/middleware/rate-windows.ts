import type { Clock } from '../clock.ts'

/** How koa-ratelimit keeps a window: what was left when the latest request came, that request included. */
interface Window {
  remaining: number
}

/** Windows that are kept at once: the oldest goes first, so that made-up callers cannot fill the memory. */
const MAX_WINDOWS = 10_000

/** The memory of koa-ratelimit, which never forgets and reads the machine's clock: bounded, and by the gateway's clock. */
export class RateWindows extends Map<string, Window> {
  readonly #endsMs = new WeakMap<Window, number>()
  readonly #lengthMs: number
  readonly #clock: Clock

  constructor(lengthMs: number, clock: Clock) {
    super()
    this.#lengthMs = lengthMs
    this.#clock = clock
  }

  /** What is left of a caller's window, and when it ends in epoch ms. */
  of(key: string): { remaining: number; endsMs: number } {
    const window = super.get(key)
    const endsMs = window && this.#endsMs.get(window)
    return { remaining: window?.remaining ?? 0, endsMs: endsMs ?? this.#clock.now() }
  }

  /** Takes one from what a caller has left of `max`, in a new window where there is none. */
  count(key: string, max: number): void {
    const window = this.get(key)
    if (window === undefined) this.set(key, { remaining: max - 1 })
    else window.remaining--
  }

  override get(key: string): Window | undefined {
    if (this.of(key).endsMs <= this.#clock.now()) this.delete(key)
    return super.get(key)
  }

  override set(key: string, window: Window): this {
    const [oldest] = this.size >= MAX_WINDOWS ? this.keys() : []
    if (oldest !== undefined) this.delete(oldest)
    this.#endsMs.set(window, this.#clock.now() + this.#lengthMs)
    return super.set(key, window)
  }
}
