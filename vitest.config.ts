import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { include: ['gateway/**/*.test.ts', 'harness/**/*.test.ts'] },
})
