import { expect, test } from 'vitest'
import { EnvironmentError, type EvidenceFiles } from '../environments/environment.ts'
import type { FailedRun } from './failed-run.ts'
import { expected } from './fixtures/expectations.ts'
import { FakeEnvironment, type FakeOptions } from './fixtures/fake-environment.ts'
import { change, request, scenario, variant } from './fixtures/scenarios.ts'
import { runScenario } from './run-scenario.ts'

const OK = request('GET /a', { status: expected(200) })
const NOT_OK = request('GET /b', { status: expected(404) })
const SAYS: EvidenceFiles = new Map([['nginx.log', 'all is well']])

test('a run that failed is told while its world is there, and its result says where the evidence is', async () => {
  const { environment, told, result } = await run([OK, NOT_OK], { evidence: () => SAYS })
  expect(environment.log).toEqual(['start', 'GET /a', 'GET /b', 'evidence', 'told', 'dispose'])
  expect(told).toMatchObject([{ environment: 'simulated', run: { verdict: 'fail' }, evidence: SAYS }])
  expect(told[0]?.run.steps.map(({ verdict }) => verdict)).toEqual(['pass', 'fail'])
  expect(result.runs[0]?.evidence).toBe('here')
})

test('a run that shows what it must is not told, also where that is a failure', async () => {
  expect((await run([OK], {})).environment.log).toEqual(['start', 'GET /a', 'dispose'])
  const buggy = await run([NOT_OK], {}, [variant({ must: 'fail' })])
  expect(buggy.told).toEqual([])
  expect(buggy.result.runs).toMatchObject([{ verdict: 'pass', evidence: null }])
})

test('a buggy chain that passes is told', async () => {
  const { told } = await run([OK], { evidence: () => SAYS }, [variant({ must: 'fail' })])
  expect(told).toMatchObject([{ run: { verdict: 'fail' }, evidence: SAYS }])
})

test('a world that does not come about tells what its error has', async () => {
  const start = (): void => {
    throw new EnvironmentError('broke', 'mend it', { evidence: SAYS })
  }
  const { environment, told } = await run([OK], { start })
  expect(environment.log).toEqual(['start', 'told'])
  expect(told).toMatchObject([{ run: { verdict: 'error', steps: [] }, evidence: SAYS }])
})

test('a change that breaks tells what its error has, and what its world still says', async () => {
  const { told } = await run([change({ kind: 'repin' })], {
    change: () => {
      throw new EnvironmentError('broke', 'mend it', { evidence: new Map([['node.log', 'killed']]) })
    },
    evidence: () => SAYS,
  })
  expect(told).toMatchObject([{ run: { verdict: 'error' } }])
  expect([...(told[0]?.evidence ?? [])]).toEqual([['node.log', 'killed'], ...SAYS])
})

test('evidence that cannot be read leaves the failure what it is', async () => {
  const evidence = (): EvidenceFiles => {
    throw new Error('the node is gone')
  }
  const { told, result } = await run([NOT_OK], { evidence })
  expect(result).toMatchObject({ verdict: 'fail', runs: [{ problem: null, evidence: 'here' }] })
  expect([...(told[0]?.evidence ?? [])]).toEqual([
    ['evidence-missing.txt', 'Failed to read what the environment has to say: the node is gone\n'],
  ])
})

test('nobody waits for evidence once the run is stopped', async () => {
  const stop = new AbortController()
  const evidence = (): Promise<EvidenceFiles> => {
    stop.abort()
    return new Promise(() => undefined)
  }
  const { result } = await run([NOT_OK], { evidence }, undefined, stop.signal)
  expect(result).toMatchObject({ verdict: 'fail' })
})

async function run(
  steps: Parameters<typeof scenario>[0],
  fake: FakeOptions,
  variants = [variant()],
  signal?: AbortSignal,
) {
  const environment = new FakeEnvironment(fake)
  const told: FailedRun[] = []
  const onFailure = async (failed: FailedRun): Promise<string> => {
    environment.log.push('told')
    told.push(failed)
    return 'here'
  }
  const options = { seed: 7, onFailure, ...(signal === undefined ? {} : { signal }) }
  const result = await runScenario(scenario(steps, { variants }), environment, options)
  return { environment, told, result }
}
