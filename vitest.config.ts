import { defineConfig, type TestProjectConfiguration } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { scenarioFiles } from './harness/vitest/scenario-plugin.ts'
import { SkipReporter } from './harness/vitest/skip-reporter.ts'
import { type Tier, testFilesOf } from './harness/vitest/tiers.ts'

/** A project of the tests of a tier, by the names of their files. */
function tier(name: Tier, options: object = {}): TestProjectConfiguration {
  return { test: { name, ...testFilesOf(name), ...options } }
}

/** Pure tests leave nothing behind, so that a worker for each file would only cost time. */
const PURE = { isolate: false, setupFiles: ['harness/vitest/starts-no-process.ts'] }

/** Some start whole processes and real nginx; a busy machine may take its time for that. */
const PROCESSES = { testTimeout: 60_000, hookTimeout: 60_000 }

/** Two sandboxes at a time are as fast as more, and leave a scenario that measures time enough of the machine. */
const SANDBOXES = { ...PROCESSES, maxConcurrency: 2 }

/** A cluster needs the machine for itself: after all others, and one file after the other. */
const CLUSTERS = {
  sequence: { groupOrder: 1 },
  fileParallelism: false,
  maxConcurrency: 3,
  testTimeout: 120_000,
  hookTimeout: 120_000,
}

/** What takes minutes begins first: at the end it would run alone, and leave a processor idle. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith('/fastapi-gateway.sandbox.test.ts')
    return (await super.sort(files)).sort((a, b) => Number(isLong(b)) - Number(isLong(a)))
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // What tests start is no step of a workflow, also where they are.
    env: { GITHUB_ACTIONS: '' },
    reporters: ['default', new SkipReporter()],
    projects: [
      tier('pure', { ...PURE, ...PROCESSES }),
      tier('process', PROCESSES),
      tier('package', PROCESSES),
      tier('nginx', PROCESSES),
      tier('sandbox', SANDBOXES),
      {
        plugins: [scenarioFiles()],
        test: {
          name: 'scenarios',
          include: ['scenarios/**/*.yaml'],
          exclude: ['scenarios/chains/**'],
          // A scenario is data and shares nothing with the next one: a fresh process for each would only cost time.
          isolate: false,
        },
      },
      tier('k3s', CLUSTERS),
      tier('cluster', CLUSTERS),
    ],
  },
})
