import { defineConfig } from 'vitest/config'
import { scenarioFiles } from './harness/vitest/scenario-plugin.ts'

const CLUSTERS = 'harness/environments/{k3s,cluster}/**/*.test.ts'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'code',
          include: ['gateway/**/*.test.ts', 'harness/**/*.test.ts'],
          exclude: [CLUSTERS],
          // Some start whole processes and real nginx; a busy machine may take its time for that.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
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
      {
        test: {
          name: 'clusters',
          include: [CLUSTERS],
          // A cluster needs the machine for itself: after all others, and one file after the other.
          sequence: { groupOrder: 1 },
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
