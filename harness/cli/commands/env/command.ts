import { Argument, type Command } from 'commander'
import { LOG_PARTS, type LogPart } from '../../../environments/k3s/log-parts.ts'
import { wholeNumber } from '../../arguments.ts'
import { EXIT, type ExitCode } from '../../exit-codes.ts'
import { complain } from '../../terminal.ts'
import type { EnvAction } from './env.ts'

/** Adds `chain env` with its commands. */
export function addEnv(program: Command, finish: (code: ExitCode) => void): void {
  const cluster = program
    .command('env')
    .description('the k3s cluster that later runs share, and the others on the engine')
  const env = async (asked: EnvAction): Promise<void> => {
    const { packageProblem } = await import('../../environments.ts')
    const missing = packageProblem('k3s')
    if (missing !== null) {
      complain(missing)
      return finish(EXIT.environment)
    }
    const command = await import('./env.ts')
    finish(await command.env(asked))
  }
  const ofId = [
    '--id <id>',
    'of the cluster with this id, as "env status" lists it (default: the one that is kept)',
  ] as const
  cluster
    .command('up')
    .description('start it, where none is kept yet')
    .action(() => env({ action: 'up' }))
  cluster
    .command('down')
    .description('end it, and clear what crashed runs left')
    .option('--all', 'end the clusters of others too, in use or kept', false)
    .action(({ all }: { readonly all: boolean }) => env({ action: 'down', all }))
  cluster
    .command('status')
    .description('list every cluster that is there: kept, in use, left behind')
    .action(() => env({ action: 'status' }))
  cluster
    .command('kubeconfig')
    .description('print a kubeconfig, to look inside with kubectl')
    .option(...ofId)
    .action(({ id }: { readonly id?: string }) => env({ action: 'kubeconfig', id: id ?? null }))
  cluster
    .command('logs')
    .description('print the ends of its logs')
    .addArgument(new Argument('[parts...]', 'whose logs').choices(LOG_PARTS).default(LOG_PARTS, 'all of them'))
    .option(...ofId)
    .option('--tail <lines>', 'how many lines of each log', wholeNumber, 300)
    .action((parts: readonly LogPart[], { id, tail }: { readonly id?: string; readonly tail: number }) =>
      env({ action: 'logs', id: id ?? null, parts, tail }),
    )
}
