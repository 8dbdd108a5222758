import type { Command } from 'commander'
import type { ExitCode } from '../../exit-codes.ts'
import type { FmtCommandOptions } from './options.ts'

/** Adds `chain fmt`. */
export function addFmt(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('fmt')
    .description('write scenario files in one style; comments, quotes and the order of keys stay')
    .argument('[paths...]', 'scenario files, or folders of them', ['scenarios'])
    .option('--check', 'write nothing, and end with 1 where a file has another style', false)
    .action(async (paths: string[], options: FmtCommandOptions) => {
      const { fmt } = await import('./fmt.ts')
      finish(await fmt(paths, options))
    })
}
