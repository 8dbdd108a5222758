import { Command, CommanderError } from 'commander'
import manifest from '../../package.json' with { type: 'json' }
import { addCheck } from './commands/check/command.ts'
import { addCompletion } from './commands/completion/command.ts'
import { addDoctor } from './commands/doctor/command.ts'
import { addEnv } from './commands/env/command.ts'
import { addExplain } from './commands/explain/command.ts'
import { addFmt } from './commands/fmt/command.ts'
import { addInit } from './commands/init/command.ts'
import { addList } from './commands/list/command.ts'
import { addMerge } from './commands/merge/command.ts'
import { addNew } from './commands/new/command.ts'
import { addRun } from './commands/run/command.ts'
import { addServe } from './commands/serve/command.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { leaveCurlItsOptions } from './request-options.ts'
import { printableLines } from './terminal.ts'

/** Every command, in the order of the help page. What one does is loaded when it is asked for. */
const COMMANDS = [
  addInit,
  addRun,
  addMerge,
  addCheck,
  addExplain,
  addServe,
  addNew,
  addList,
  addFmt,
  addEnv,
  addDoctor,
  addCompletion,
]

/**
 * The `chain` command with everything that it can do.
 * @param finish gets the exit code of the command that ran
 */
export function chainProgram(finish: (code: ExitCode) => void): Command {
  const program = new Command('chain')
    .version(manifest.version, '--version', 'print the version')
    .description('Test and simulate an HTTP request chain: browser → nginx → API gateway → backend')
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(printableLines(text)) })
  for (const add of COMMANDS) add(program, finish)
  leaveCurlItsOptions(program)
  return program
}

/**
 * Runs the `chain` command.
 * @param argv as `process.argv`
 * @returns the exit code; everything printed has been written by then
 */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.passed
  const program = chainProgram((ended) => {
    code = ended
  })
  try {
    await program.parseAsync(argv)
  } catch (error) {
    // Commander has printed what was wrong; only help and version end well.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.passed : EXIT.invalid
    throw error
  }
  return code
}
