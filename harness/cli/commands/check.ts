import { EXIT, type ExitCode } from '../exit-codes.ts'
import { loadSuite } from '../load-suite.ts'
import { complain, complainOf } from '../terminal.ts'

/** `chain check`: every problem of every file at once; 2 where there is any. */
export async function check(paths: readonly string[]): Promise<ExitCode> {
  const { diagnostics, fileCount, scenarios } = loadSuite(paths)
  if (diagnostics.length > 0) {
    complainOf(diagnostics)
    return EXIT.invalid
  }
  if (fileCount === 0) {
    complain(
      `Failed to find a scenario in "${paths.join(' ')}": there is no .yaml file. Name a file or a folder of them.`,
    )
    return EXIT.invalid
  }
  process.stdout.write(`${scenarios.length} ${scenarios.length === 1 ? 'scenario is' : 'scenarios are'} valid\n`)
  return EXIT.passed
}
