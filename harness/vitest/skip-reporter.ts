import type { Reporter, TestCase, TestModule } from 'vitest/node'

/** A reporter of vitest: says at the end of a run how many tests of which tiers were skipped, one line for each reason. */
export class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap(({ children }) => [...children.allTests('skipped')])
    for (const [reason, tests] of Map.groupBy(skipped, reasonOf)) {
      if (reason === null) continue
      const tiers = [...new Set(tests.map(({ project }) => project.name))].sort().join(', ')
      process.stderr.write(`skipped ${tiers}: ${tests.length} ${tests.length === 1 ? 'test' : 'tests'}: ${reason}\n`)
    }
  }
}

/** Why the outermost suite that is skipped for a reason is; null for a test that only a filter left out. */
function reasonOf(test: TestCase): string | null {
  let reason: string | null = null
  for (let suite = test.parent; suite.type === 'suite'; suite = suite.parent) reason = suite.meta().skipped ?? reason
  return reason
}
