import { expect, test } from 'vitest'
import { expected } from './fixtures/expectations.ts'
import { FakeEnvironment } from './fixtures/fake-environment.ts'
import { flow } from './fixtures/flow.ts'
import { request, scenario } from './fixtures/scenarios.ts'
import { runScenario } from './run-scenario.ts'

/** A page of nginx's own, made because the host of the environment has no such file. */
const pageOfNginx = (status: number) =>
  flow({
    status,
    nginx: { alone: true, reasons: [{ kind: 'file-missing', path: '/srv/shop/index.html', span: null }] },
    gateway: null,
    backend: null,
  })

async function resultFor(wanted: number) {
  const environment = new FakeEnvironment({ request: () => pageOfNginx(404) })
  const { runs } = await runScenario(scenario([request('GET /', { status: expected(wanted) })]), environment, {
    seed: 1,
  })
  return runs[0]?.steps[0]
}

test('a step that fails for want of a file on the host of the environment is not failed: nothing is known', async () => {
  expect(await resultFor(200)).toMatchObject({
    verdict: 'unsupported',
    problem: { message: expect.stringContaining('/srv/shop/index.html') },
  })
})

test('a step that expects what nginx answers without the file passes', async () => {
  expect(await resultFor(404)).toMatchObject({ verdict: 'pass', problem: null })
})
