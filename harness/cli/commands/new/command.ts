import type { Command } from 'commander'
import type { ExitCode } from '../../exit-codes.ts'
import { addRequestOptions } from '../../request-options.ts'
import { addWorldOptions } from '../../world-options.ts'
import type { NewCommandOptions } from './options.ts'

/** Adds `chain new`. */
export function addNew(program: Command, finish: (code: ExitCode) => void): void {
  const command = program
    .command('new')
    .description('write the scenario file that says of a request what it shows today')
  addWorldOptions(addRequestOptions(command))
    .option('--out <file>', 'the file to write (default: one beside the chains that says what it asks); - prints it')
    .action(async (request: string[], options: NewCommandOptions) => {
      const { writeNew } = await import('./new.ts')
      finish(await writeNew(request, options))
    })
}
