import { afterAll, describe } from 'vitest'
import { describeContract } from '../environment.contract.ts'
import { sandbox } from './sandbox.ts'
import { whySkipSandbox } from './why-no-sandbox.ts'

const skipped = whySkipSandbox()

afterAll(() => sandbox[Symbol.asyncDispose]())

describe.skipIf(skipped !== null)(`sandbox ${skipped ?? ''}`.trim(), () => {
  describeContract(sandbox)
})
