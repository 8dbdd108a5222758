import type { Command } from 'commander'
import { collect } from '../../arguments.ts'
import type { ExitCode } from '../../exit-codes.ts'
import type { ExplainCommandOptions } from './options.ts'

/** Adds `chain explain`. */
export function addExplain(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('explain')
    .description('send one request through a simulated chain and say at every hop what happened and why')
    .argument('<request>', "method and target, as in 'GET /api/v1/processes'")
    .option('--chain <dir>', 'the chain folder', 'scenarios/chains/flowmaster')
    .option('-H, --header <header>', "a header, as in 'Host: flowmaster.example'; may be given again", collect, [])
    .option('--json', 'the whole trace as JSON', false)
    .action(async (request: string, options: ExplainCommandOptions) => {
      const { explain } = await import('./explain.ts')
      finish(await explain(request, options))
    })
}
