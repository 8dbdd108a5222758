import { expect, test } from 'vitest'
import { DOUBLE_FAULTS, SINGLE_FAULTS } from './faults.ts'
import { ONE_LINE_FAULTS } from './one-line-faults.ts'
import { scoreFault } from './score.ts'

test.each([...SINGLE_FAULTS, ...DOUBLE_FAULTS, ...ONE_LINE_FAULTS])('blame finds $name', async (fault) => {
  const { blame, line } = await scoreFault(fault)
  expect(blame?.service === fault.blame ? blame.service : blame?.hop).toBe(fault.blame)
  expect(line).toContain(fault.line)
})
