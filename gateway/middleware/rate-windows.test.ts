import { expect, test } from 'vitest'
import { ManualClock } from '../testing/manual-clock.ts'
import { RateWindows } from './rate-windows.ts'

test('callers without number fill no memory: the oldest window goes first', () => {
  const windows = new RateWindows(60_000, new ManualClock())
  for (let caller = 0; caller <= 10_000; caller++) windows.count(`address ${caller}`, 5)
  expect(windows.size).toBe(10_000)
  expect(windows.of('address 0').remaining).toBe(0)
  expect(windows.of('address 1').remaining).toBe(4)
})
