import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeTier } from '../../vitest/describe-tier.ts'
import type { ConformanceCase } from './case.ts'
import { FAMILIES } from './cases/index.ts'
import { freePort } from './real-nginx.ts'
import { Recorder } from './recorder.ts'
import { runCase } from './run-case.ts'

await describeTier('nginx', 'The model does what nginx does', () => {
  const recorder = new Recorder()
  let upstreams = { a: 0, b: 0, c: 0, dead: 0 }

  beforeAll(async () => {
    upstreams = { a: await recorder.open(), b: await recorder.open(), c: await recorder.open(), dead: await freePort() }
  })
  afterAll(() => recorder[Symbol.asyncDispose]())

  describe.each(Object.entries(FAMILIES))('%s', (_family, cases: readonly ConformanceCase[]) => {
    it.each(cases)('$name', async (test) => {
      for (const { request, nginx, model } of await runCase(test, recorder, upstreams)) {
        expect({ request, made: model }).toEqual({ request, made: nginx })
      }
    })
  })
})
