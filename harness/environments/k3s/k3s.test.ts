import { afterAll, describe } from 'vitest'
import { describeContract } from '../environment.contract.ts'
import { k3s } from './k3s.ts'
import { whySkipK3s } from './why-no-k3s.ts'

const skipped = await whySkipK3s()

afterAll(() => k3s[Symbol.asyncDispose]())

describe.skipIf(skipped !== null)(`k3s ${skipped ?? ''}`.trim(), () => {
  describeContract(k3s)
})
