/** What is promised, unless the signal aborts first; what becomes of the promise then is nobody's concern. @throws the signal's reason */
export async function orAborted<Value>(promised: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promised
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason)
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort)
  try {
    return await Promise.race([aborted, promised])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
