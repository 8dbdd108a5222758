import { writeError } from './terminal.ts'

/** The signals that ask a run to stop: Ctrl-C, what a CI system sends, a terminal that is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Signals during a run. Disposing it gives them their own meaning back. */
export interface Interrupt extends Disposable {
  /** Aborts with the first of them. */
  readonly signal: AbortSignal
  /** The one that came; null where none did. */
  readonly by: (typeof SIGNALS)[number] | null
}

/**
 * Takes the first of these signals as the wish to stop cleanly, and a second one as the wish to stop at once: the process then
 * ends by the signal as if nobody had listened.
 */
export function watchSignals(): Interrupt {
  const interruption = new AbortController()
  let by: Interrupt['by'] = null
  const onSignal = (signal: (typeof SIGNALS)[number]): void => {
    if (by !== null) {
      process.removeAllListeners(signal)
      process.kill(process.pid, signal)
      return
    }
    by = signal
    interruption.abort()
    if (process.stderr.isTTY === true) writeError('chain: stopping; Ctrl-C once more ends it at once\n')
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return {
    signal: interruption.signal,
    get by() {
      return by
    },
    [Symbol.dispose]: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal)
    },
  }
}
