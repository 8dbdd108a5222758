/** Ctrl-C during a run. Disposing it gives Ctrl-C its own meaning back. */
export interface CtrlC extends Disposable {
  readonly signal: AbortSignal
}

/**
 * Takes Ctrl-C as the wish to stop cleanly, and a second one as the wish to stop at once: the process then ends by the signal
 * as if nobody had listened.
 */
export function watchCtrlC(): CtrlC {
  const interruption = new AbortController()
  const onSignal = (): void => {
    if (interruption.signal.aborted) {
      process.removeAllListeners('SIGINT')
      process.kill(process.pid, 'SIGINT')
      return
    }
    interruption.abort()
    if (process.stderr.isTTY === true) process.stderr.write('chain: stopping; Ctrl-C once more ends it at once\n')
  }
  process.on('SIGINT', onSignal)
  return { signal: interruption.signal, [Symbol.dispose]: () => void process.off('SIGINT', onSignal) }
}
