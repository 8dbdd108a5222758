import type { Command } from 'commander'
import type { ExitCode } from '../../exit-codes.ts'

/** Adds `chain init`. */
export function addInit(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('init')
    .description(
      'find the nginx files and Services of this repository, and write chain.config.yaml and first scenarios',
    )
    .action(async () => {
      const { initRepository } = await import('./init.ts')
      finish(await initRepository())
    })
}
