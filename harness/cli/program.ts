import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { LOG_PARTS, type LogPart } from '../environments/k3s/log-parts.ts'
import type { Quantities } from '../environments/kubernetes/resources.ts'
import type { Shard } from '../runner/shard.ts'
import { compilePattern, type Pattern } from '../scenario/pattern.ts'
import type { EnvAction } from './commands/env.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import type { CheckCommandOptions, ExplainCommandOptions, RunCommandOptions } from './options.ts'
import { printableLines } from './terminal.ts'

/**
 * The `chain` command.
 * @param argv as `process.argv`
 * @returns the exit code; everything printed has been written by then
 */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.passed
  const program = new Command('chain')
    .description('Test and simulate an HTTP request chain: browser → nginx → API gateway → backend')
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(printableLines(text)) })

  program
    .command('run')
    .description('run scenario files and report what failed, where, and which line did it')
    .argument('[paths...]', 'scenario files, or folders of them', ['scenarios'])
    .addOption(
      new Option('--env <names>', 'environments, separated by commas; several are compared').default('simulated'),
    )
    .option('--reporter <reporter>', 'pretty, json, junit, or one of them with =FILE; may be given again', collect, [])
    .option('--tag <tag>', 'only scenarios with this tag; may be given again', collect, [])
    .option('--grep <regex>', 'only scenarios whose name or file matches', regex)
    .option('--bail', 'stop after the first scenario that fails, breaks or disagrees', false)
    .option('--allow-unsupported', 'a scenario that no environment of the run can show does not fail the run', false)
    .option('--traces', 'put the traces of steps that passed into the JSON report too', false)
    .option('--jobs <number>', 'scenarios at a time, 1 to 64 (default: 1 when simulated, else 8)', jobCount)
    .option('--shard <i/n>', 'only the i-th of n parts, which take about the same time', shard)
    .option('--durations <file>', 'a JSON report of an earlier run: --shard then knows how long each scenario takes')
    .option('--evidence <dir>', 'the folder for what the environments had to say of failures (default: a new one)')
    .option('--pause-on-failure', 'wait for Enter after a failing step, while one can look into its chain', false)
    .option('--keep', 'leave the k3s cluster running for later runs; "chain env down" ends it', false)
    .option('--kubeconfig <file>', 'cluster: the kubeconfig (default: what kubectl would use)')
    .option(
      '--namespace <name>',
      'cluster: the namespace that is made for the run, and removed after it',
      namespaceName,
    )
    .option('--requests <list>', 'cluster: what each container asks for, as in cpu=50m,memory=64Mi', quantities)
    .option('--limits <list>', 'cluster: what each container may take at most, as in cpu=1,memory=512Mi', quantities)
    .option('--attach', 'cluster: only read the namespace, which is there and stays as it is')
    .option('--seed <number>', 'decides everything left to chance: new ClusterIPs, request ids', wholeNumber)
    .action(async (paths: string[], options: RunCommandOptions) => {
      const { run } = await import('./commands/run.ts')
      code = await run(paths, options)
    })

  program
    .command('check')
    .description('check scenario files and their chains, every problem of every file at once; runs nothing')
    .argument('[paths...]', 'scenario files, or folders of them', ['scenarios'])
    .addOption(
      new Option('--env <names>', 'environments: what none of them can show is a warning').default('simulated'),
    )
    .option('--nginx <from,to>', 'two versions of nginx, as in 1.22,1.30: what the second changes for these scenarios')
    .action(async (paths: string[], options: CheckCommandOptions) => {
      const { check } = await import('./commands/check.ts')
      code = await check(paths, options)
    })

  program
    .command('explain')
    .description('send one request through a simulated chain and say at every hop what happened and why')
    .argument('<request>', "method and target, as in 'GET /api/v1/processes'")
    .option('--chain <dir>', 'the chain folder', 'scenarios/chains/flowmaster')
    .option('-H, --header <header>', "a header, as in 'Host: flowmaster.example'; may be given again", collect, [])
    .option('--json', 'the whole trace as JSON', false)
    .action(async (request: string, options: ExplainCommandOptions) => {
      const { explain } = await import('./commands/explain.ts')
      code = await explain(request, options)
    })

  const cluster = program
    .command('env')
    .description('the k3s cluster that later runs share, and the others on the engine')
  const env = async (asked: EnvAction): Promise<void> => {
    const command = await import('./commands/env.ts')
    code = await command.env(asked)
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

  program
    .command('doctor')
    .description('say which environments this machine can run, and what the others need')
    .action(async () => {
      const { doctor } = await import('./commands/doctor.ts')
      code = await doctor()
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

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value]
}

function regex(value: string): Pattern {
  const result = compilePattern(value, { ignoreCase: true })
  if ('pattern' in result) return result.pattern
  throw new InvalidArgumentError(`${result.problem.charAt(0).toUpperCase()}${result.problem.slice(1)}.`)
}

function wholeNumber(value: string): number {
  if (!/^\d{1,10}$/.test(value)) throw new InvalidArgumentError('It is not a whole number.')
  return Number(value)
}

/** With room for a number behind it (RFC 1123 labels have 63 characters). */
function namespaceName(value: string): string {
  if (!/^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$/.test(value)) {
    throw new InvalidArgumentError(
      'It is not a name of a namespace: lower-case letters, digits and dashes, 60 at most.',
    )
  }
  return value
}

/** A list as `kubectl set resources` takes it. */
function quantities(value: string): Quantities {
  const pairs = value.split(',').map((pair): [string, string] => {
    const [, resource = '', quantity = ''] =
      /^([a-z0-9][a-z0-9./-]*)=(\d+(?:\.\d+)?(?:[numkMGTPE]|[KMGTPE]i)?)$/.exec(pair) ?? []
    if (quantity === '') {
      throw new InvalidArgumentError(`"${pair}" is not RESOURCE=QUANTITY, as in cpu=50m,memory=64Mi.`)
    }
    return [resource, quantity]
  })
  const given = Object.fromEntries(pairs)
  if (Object.keys(given).length < pairs.length) throw new InvalidArgumentError('It names a resource twice.')
  return given
}

function jobCount(value: string): number {
  if (!/^\d{1,2}$/.test(value) || Number(value) < 1 || Number(value) > 64) {
    throw new InvalidArgumentError('It is not a whole number from 1 to 64.')
  }
  return Number(value)
}

function shard(value: string): Shard {
  const [, part = '', parts = ''] = /^(\d{1,4})\/(\d{1,4})$/.exec(value) ?? []
  const [index, count] = [Number(part), Number(parts)]
  if (index < 1 || index > count) throw new InvalidArgumentError('Write it as 1/4: the first of four parts.')
  return { index, count }
}
