/** A signal that can be waited for along with something else. Disposing it stops listening. */
export interface Interruption extends Disposable {
  /** What was waited for; null where the signal came first. */
  orDone<Value>(value: Promise<Value>): Promise<Value | null>
}

/** Without a signal nothing interrupts. */
export function interruption(signal: AbortSignal | undefined): Interruption {
  if (signal === undefined) return { orDone: (value) => value, [Symbol.dispose]: () => undefined }
  const { promise, resolve } = Promise.withResolvers<null>()
  const onAbort = (): void => resolve(null)
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort)
  return {
    orDone: (value) => Promise.race([value, promise]),
    [Symbol.dispose]: () => signal.removeEventListener('abort', onAbort),
  }
}
