import type { Command } from 'commander'
import type { ExitCode } from '../../exit-codes.ts'

/** Adds `chain doctor`. */
export function addDoctor(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('doctor')
    .description('say which environments this machine can run, and what the others need')
    .action(async () => {
      const { doctor } = await import('./doctor.ts')
      finish(await doctor())
    })
}
