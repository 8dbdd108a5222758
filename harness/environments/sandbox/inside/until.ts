const LOOK_AGAIN_MS = 1

/** Looks until there is something to see, or `timeoutMs` have passed: then null. */
export async function until<Seen>(look: () => Seen | null, timeoutMs: number): Promise<Seen | null> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const seen = look()
    if (seen !== null) return seen
    if (performance.now() > deadline) return null
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
}
