import { expect, test } from 'vitest'
import { InUse } from './in-use.ts'

/** Takes turns, and writes down who has one. */
function turns() {
  const inUse = new InUse()
  const order: string[] = []
  const take = async (name: string, kind: string) => {
    const release = await inUse.take(kind)
    order.push(name)
    return release
  }
  return { order, take }
}

test('one that waits for the kind of the last comes before those that came earlier; then the first of them', async () => {
  const { order, take } = turns()
  const first = await take('a1', 'a')
  const waiting = [take('b1', 'b'), take('c1', 'c'), take('a2', 'a')]
  first()
  const [b1, c1, a2] = waiting
  ;(await a2)?.()
  ;(await b1)?.()
  ;(await c1)?.()
  expect(order).toEqual(['a1', 'a2', 'b1', 'c1'])
})

test('only one has it at a time, also where it is given back twice', async () => {
  const { order, take } = turns()
  const first = await take('one', '')
  const second = take('two', '')
  const third = take('three', '')
  first()
  first()
  const release = await second
  expect(order).toEqual(['one', 'two'])
  release()
  ;(await third)()
  expect(order).toEqual(['one', 'two', 'three'])
})

test('one whose signal aborts leaves the queue, and nobody waits for it', async () => {
  const inUse = new InUse()
  const release = await inUse.take('')
  const stop = new AbortController()
  const leaves = inUse.take('', stop.signal)
  const next = inUse.take('')
  stop.abort(new Error('stopped'))
  await expect(leaves).rejects.toThrow('stopped')
  await expect(inUse.take('', stop.signal)).rejects.toThrow('stopped')
  release()
  ;(await next)()
})
