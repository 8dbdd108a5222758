import { Argument, type Command } from 'commander'
import { EXIT, type ExitCode } from '../../exit-codes.ts'
import { SHELLS, type Shell } from './scripts.ts'

const HELP = `
bash: source <(chain completion bash)
zsh:  source <(chain completion zsh)
fish: chain completion fish | source`

/** Adds `chain completion`, and what a shell asks at every Tab. */
export function addCompletion(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('completion')
    .description('print what makes a shell complete commands, options and names')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', HELP)
    .action(async (shell: Shell) => {
      const { SCRIPTS } = await import('./scripts.ts')
      process.stdout.write(SCRIPTS[shell])
      finish(EXIT.passed)
    })
  program
    .command('complete', { hidden: true })
    .argument('[words...]', 'the words of the line, as far as it is written')
    .action(async (words: string[]) => {
      const { completions } = await import('./completions.ts')
      const lines = completions(program, words).map(({ value, description }) => `${value}\t${description}\n`)
      process.stdout.write(lines.join(''))
      finish(EXIT.passed)
    })
}
