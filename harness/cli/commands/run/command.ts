import { type Command, Option } from 'commander'
import { collect, jobCount, namespaceName, quantities, regex, shard, wholeNumber } from '../../arguments.ts'
import type { ExitCode } from '../../exit-codes.ts'
import type { RunCommandOptions } from './options.ts'

/** Adds `chain run`. */
export function addRun(program: Command, finish: (code: ExitCode) => void): void {
  program
    .command('run')
    .description('run scenario files and report what failed, where, and which line did it')
    .argument(
      '[paths...]',
      'scenario files (file.yaml:12 runs what is on that line), or folders (default: where chain.config.yaml says, else scenarios)',
    )
    .addOption(
      new Option('--env <names>', 'environments, separated by commas; several are compared').default('simulated'),
    )
    .option(
      '--reporter <reporter>',
      'pretty, json, junit, tap, github, or one of them with =FILE; may be given again',
      collect,
      [],
    )
    .option('--tag <tag>', 'only scenarios with this tag; may be given again', collect, [])
    .option('--grep <regex>', 'only scenarios whose name or file matches', regex)
    .option('--variant <name>', 'only variants of this name; may be given again', collect, [])
    .option(
      '--example <row>',
      'only rows of examples with this number or value (id=7); may be given again',
      collect,
      [],
    )
    .option('--last-failed', 'only what failed when it was last run; everything where nothing did', false)
    .option('--watch', 'run again what a saved file touches, until Ctrl-C', false)
    .option('--bail', 'stop after the first scenario that fails, breaks or disagrees', false)
    .option('--allow-unsupported', 'a scenario that no environment of the run can show does not fail the run', false)
    .option('--verbose', 'show what every hop did in steps that passed, too', false)
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
      const { run } = await import('./run.ts')
      finish(await run(paths, options))
    })
}
