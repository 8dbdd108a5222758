import type { Command } from 'commander'
import { collect } from '../../arguments.ts'
import type { ExitCode } from '../../exit-codes.ts'
import type { MergeCommandOptions } from './options.ts'

/** Adds `chain merge`. */
export function addMerge(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('merge')
    .description('join the JSON reports of shards into one, and end as a run of all would')
    .argument('<reports...>', 'files that "chain run --reporter json=FILE" wrote')
    .option(
      '--reporter <reporter>',
      'json (default), pretty, junit, tap, github, or one of them with =FILE; may be given again',
      collect,
      [],
    )
    .action(async (files: string[], options: MergeCommandOptions) => {
      const { merge } = await import('./merge.ts')
      finish(await merge(files, options))
    })
}
