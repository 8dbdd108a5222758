import { describe, expect, test } from 'vitest'
import { VirtualClock } from './virtual-clock.ts'

describe('virtual time', () => {
  test('an hour of waiting takes no time, and timers fire in order on the way', async () => {
    const clock = new VirtualClock(1_000, () => 0)
    const fired: [string, number][] = []
    clock.setTimeout(() => fired.push(['second', clock.now()]), 60_000)
    clock.setTimeout(() => fired.push(['first', clock.now()]), 5_000)
    await clock.waitFor(3_600_000)
    expect(fired).toEqual([
      ['first', 6_000],
      ['second', 61_000],
    ])
    expect(clock.now()).toBe(3_601_000)
  })

  test('nothing passes while nobody waits', async () => {
    const clock = new VirtualClock(0, () => 0)
    let fired = false
    clock.setTimeout(() => {
      fired = true
    }, 1)
    await clock.settle()
    expect(fired).toBe(false)
    expect(clock.now()).toBe(0)
  })

  test('a wait for good is ended by its signal, which a timer may give', async () => {
    const clock = new VirtualClock(0, () => 0)
    const gone = new AbortController()
    clock.setTimeout(() => gone.abort(), 30_000)
    await clock.waitFor(Number.POSITIVE_INFINITY, gone.signal)
    expect(clock.now()).toBe(30_000)
  })

  test('a timer that is cleared does not move the clock', async () => {
    const clock = new VirtualClock(0, () => 0)
    clock.clearTimeout(clock.setTimeout(() => expect.unreachable(), 10))
    await clock.waitFor(20)
    expect(clock.now()).toBe(20)
  })

  test('timers of one moment fire in the order they were set', async () => {
    const clock = new VirtualClock(0, () => 0)
    const fired: string[] = []
    for (const name of ['first', 'second', 'third']) clock.setTimeout(() => fired.push(name), 5)
    await clock.waitFor(10)
    expect(fired).toEqual(['first', 'second', 'third'])
  })

  test('a wait that is over takes no time, and a wait for good takes none by itself', async () => {
    const clock = new VirtualClock(0, () => 0)
    await clock.waitFor(10, AbortSignal.abort())
    const gone = new AbortController()
    const waited = clock.waitFor(Number.POSITIVE_INFINITY, gone.signal)
    await clock.settle()
    await clock.settle()
    gone.abort()
    await waited
    expect(clock.now()).toBe(0)
  })

  test('the clock stands still until bytes have stopped moving', async () => {
    let bytes = 0
    const clock = new VirtualClock(0, () => bytes)
    const order: string[] = []
    const travel = async () => {
      for (let hop = 0; hop < 10; hop++) {
        bytes++
        await new Promise(setImmediate)
      }
      order.push('arrived')
    }
    await Promise.all([travel(), clock.waitFor(1).then(() => order.push('time passed'))])
    expect(order).toEqual(['arrived', 'time passed'])
  })
})
