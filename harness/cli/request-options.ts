import { type Command, Option } from 'commander'
import { collect } from './arguments.ts'

/** What a command is told of the one request that it sends. */
export interface RequestOptions {
  readonly chain?: string
  readonly via?: string
  readonly from?: string
  readonly proxyProtocol?: string
  readonly target?: string
  readonly http?: '1.0' | '1.1' | '2'
  readonly header: readonly string[]
  readonly data?: string
}

/** Adds the request, in the forms that people have it, and what may be said of it. */
export function addRequestOptions(command: Command): Command {
  return command
    .argument('<request...>', "a curl line as it was pasted, or a method and target, as in 'GET /api/v1/processes'")
    .option(
      '--chain <name>',
      'a chain of chain.config.yaml, or the folder of one (default: the first of chain.config.yaml)',
    )
    .option('--via <hop>', 'where it enters: nginx, gateway or a Service (default: where its URL leads, else nginx)')
    .option('-H, --header <header>', "a header, as in 'Host: flowmaster.example'; may be given again", collect, [])
    .option('-d, --data <text>', 'its body; @FILE takes that of a file, and its method is POST where none is written')
    .option('--from <address>', 'the address that nginx sees the client come from')
    .option('--proxy-protocol <address>', 'the client that a header of the PROXY protocol names')
    .option('--target <target>', 'what stands in the request line in place of the path')
    .addOption(new Option('--http <version>', 'the version of HTTP').choices(['1.0', '1.1', '2']))
}

/** Lets every word behind `curl` be curl's own; options of chain stand before it. */
export function leaveCurlItsOptions(program: Command): void {
  program.enablePositionalOptions().hook('preSubcommand', (_, command) => {
    command.passThroughOptions(program.args.includes('curl'))
  })
}
