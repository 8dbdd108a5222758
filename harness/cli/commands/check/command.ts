import { type Command, Option } from 'commander'
import type { ExitCode } from '../../exit-codes.ts'
import type { CheckCommandOptions } from './options.ts'

/** Adds `chain check`. */
export function addCheck(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('check')
    .description('check scenario files and their chains, every problem of every file at once; runs nothing')
    .argument(
      '[paths...]',
      'scenario files, or folders of them (default: where chain.config.yaml says, else scenarios)',
    )
    .addOption(
      new Option('--env <names>', 'environments: what none of them can show is a warning').default('simulated'),
    )
    .option('--nginx <from,to>', 'two versions of nginx, as in 1.22,1.30: what the second changes for these scenarios')
    .option('--json', 'the problems as JSON, on standard output', false)
    .action(async (paths: string[], options: CheckCommandOptions) => {
      const { check } = await import('./check.ts')
      finish(await check(paths, options))
    })
}
