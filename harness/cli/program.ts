import { Command, CommanderError } from 'commander'
import manifest from '../../package.json' with { type: 'json' }
import { addCheck } from './commands/check/command.ts'
import { addDoctor } from './commands/doctor/command.ts'
import { addEnv } from './commands/env/command.ts'
import { addExplain } from './commands/explain/command.ts'
import { addInit } from './commands/init/command.ts'
import { addRun } from './commands/run/command.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { leaveCurlItsOptions } from './request-options.ts'
import { printableLines } from './terminal.ts'

/** Every command, in the order of the help page. What one does is loaded when it is asked for. */
const COMMANDS = [addInit, addRun, addCheck, addExplain, addEnv, addDoctor]

/**
 * The `chain` command.
 * @param argv as `process.argv`
 * @returns the exit code; everything printed has been written by then
 */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.passed
  const program = new Command('chain')
    .version(manifest.version, '--version', 'print the version')
    .description('Test and simulate an HTTP request chain: browser → nginx → API gateway → backend')
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(printableLines(text)) })

  const finish = (ended: ExitCode): void => {
    code = ended
  }
  for (const add of COMMANDS) add(program, finish)
  leaveCurlItsOptions(program)

  try {
    await program.parseAsync(argv)
  } catch (error) {
    // Commander has printed what was wrong; only help and version end well.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.passed : EXIT.invalid
    throw error
  }
  return code
}
