/** Results that may wait for one before them: more would let a long run grow without bounds. */
const MAX_OUTSTANDING = 256

/**
 * Works on several items at a time and gives the results in the order of the items, whatever order they end in. Items are
 * taken only when there is room for their results. Leaving the loop early takes no more items and waits for the work that
 * is under way.
 * @param work must not reject
 */
export async function* inOrder<Item, Result>(
  items: Iterable<Item>,
  jobs: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void> {
  const remaining = items[Symbol.iterator]()
  const outstanding: Promise<Result>[] = []
  let running = 0
  let isOver = false
  const fill = (): void => {
    while (!isOver && running < jobs && outstanding.length < MAX_OUTSTANDING) {
      const next = remaining.next()
      if (next.done === true) return
      running++
      outstanding.push(
        work(next.value).finally(() => {
          running--
          fill()
        }),
      )
    }
  }
  try {
    for (fill(); ; fill()) {
      const [first] = outstanding
      if (first === undefined) return
      const result = await first
      outstanding.shift()
      yield result
    }
  } finally {
    isOver = true
    await Promise.allSettled(outstanding)
  }
}
