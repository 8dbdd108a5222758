import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { unlessStuck } from './unless-stuck.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const never = new Promise<string>(() => undefined)
const settle = async () => undefined

test('an action in which nothing goes on any more ends as the fault of its environment', async () => {
  const waiting = expect(unlessStuck(never, () => 1, settle)).rejects.toMatchObject({
    name: 'EnvironmentError',
    message: expect.not.stringContaining('bug'),
  })
  await vi.runOnlyPendingTimersAsync()
  await waiting
})

test('one in which something goes on is left alone, however long it takes', async () => {
  let moves = 0
  const done = Promise.withResolvers<string>()
  const action = unlessStuck(done.promise, () => moves++, settle)
  for (let times = 0; times < 3; times++) await vi.runOnlyPendingTimersAsync()
  done.resolve('done')
  await expect(action).resolves.toBe('done')
  expect(vi.getTimerCount()).toBe(0)
})

test('what can go on yet is let run before anybody gives up', async () => {
  let moves = 0
  const done = Promise.withResolvers<string>()
  const late = async () => {
    moves++
    done.resolve('late')
  }
  const action = unlessStuck(done.promise, () => moves, late)
  await vi.runOnlyPendingTimersAsync()
  await expect(action).resolves.toBe('late')
})
