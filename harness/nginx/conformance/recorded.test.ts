import { expect, test } from 'vitest'
import { isSame, RECORDED_VERSIONS, recordedCases, recordedOutcome, replay } from './recorded.ts'

const CASES = recordedCases()

test.each(RECORDED_VERSIONS)('the model of nginx %s does what it did', (version) => {
  const differences = CASES.flatMap((one) => {
    const nginx = recordedOutcome(one, version)
    const model = replay(one, version)
    return nginx === null || isSame(nginx, model) ? [] : [{ name: one.name, nginx, model }]
  })
  expect(differences).toEqual([])
})
