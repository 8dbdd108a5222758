import { expect, test } from 'vitest'
import { soakGateway } from './soak.ts'

test.runIf(process.platform === 'linux')(
  'a second of the soak: every fault is answered as it should be, and all descriptors are given back',
  async () => {
    const soak = await soakGateway(1_000)
    expect(soak.unexpected).toEqual([])
    expect(soak.faults).toBeGreaterThan(0)
    expect(soak.descriptorsAfter).toBeLessThanOrEqual(soak.descriptorsBefore)
  },
)
