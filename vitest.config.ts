import { defineConfig } from 'vitest/config'
import { scenarioFiles } from './harness/vitest/scenario-plugin.ts'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'code',
          include: ['gateway/**/*.test.ts', 'harness/**/*.test.ts'],
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
    ],
  },
})
