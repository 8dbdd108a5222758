import type { Command } from 'commander'
import type { ExitCode } from '../../exit-codes.ts'
import { addRequestOptions } from '../../request-options.ts'
import { addWorldOptions } from '../../world-options.ts'
import type { ExplainCommandOptions } from './options.ts'

/** Adds `chain explain`. */
export function addExplain(program: Command, finish: (code: ExitCode) => void): void {
  const command = program
    .command('explain')
    .description('send one request through a chain and say at every hop what happened and why')
  addWorldOptions(addRequestOptions(command))
    .option('--json', 'the whole trace as JSON', false)
    .action(async (request: string[], options: ExplainCommandOptions) => {
      const { explain } = await import('./explain.ts')
      finish(await explain(request, options))
    })
}
