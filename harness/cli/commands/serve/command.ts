import type { Command } from 'commander'
import { portNumber } from '../../arguments.ts'
import type { ExitCode } from '../../exit-codes.ts'
import { addWorldOptions } from '../../world-options.ts'
import type { ServeCommandOptions } from './options.ts'

/** Adds `chain serve`. */
export function addServe(program: Command, finish: (code: ExitCode) => void): void {
  const command = program
    .command('serve')
    .description('keep a chain on a local port, for curl and a browser, until Ctrl-C')
    .argument('[chain]', 'a chain of chain.config.yaml, or the folder of one (default: the first of chain.config.yaml)')
    .option('--port <number>', 'the port of 127.0.0.1; 0 takes one that is free', portNumber, 8080)
    .option('--listener <url>', 'where requests enter at nginx, as in https://shop.example', 'http://127.0.0.1')
    .option('--verbose', 'what every hop did with each request, as chain explain says it', false)
  addWorldOptions(command).action(async (chain: string | undefined, options: ServeCommandOptions) => {
    const { serve } = await import('./serve.ts')
    finish(await serve(chain, options))
  })
}
