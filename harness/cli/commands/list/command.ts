import { type Command, Option } from 'commander'
import type { ExitCode } from '../../exit-codes.ts'
import { LISTS, type ListCommandOptions } from './options.ts'

/** Adds `chain list`. */
export function addList(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('list')
    .description('list scenarios, their tags, chains and environments')
    .argument('[paths...]', 'scenario files, or folders of them', ['scenarios'])
    .addOption(new Option('--only <list>', 'one list alone').choices(LISTS))
    .option('--json', 'as JSON', false)
    .action(async (paths: string[], options: ListCommandOptions) => {
      const { list } = await import('./list.ts')
      finish(await list(paths, options))
    })
}
