import type { ClientRequest, Listener } from '../../../chain/client-request.ts'
import { printable } from '../../../diagnostics/render.ts'
import { orAborted } from '../../../environments/or-aborted.ts'
import { renderExplanation } from '../../../reporters/explanation.ts'
import { renderRoad } from '../../../reporters/road.ts'
import { clientRequest } from '../../../runner/client-request.ts'
import { maskNames } from '../../../secrets/mask.ts'
import type { Answer } from '../../../serve/answer.ts'
import { askWorld } from '../../../serve/ask-world.ts'
import { ChainServer, PortError } from '../../../serve/chain-server.ts'
import { chainOf } from '../../chain-folder.ts'
import { EXIT, type ExitCode } from '../../exit-codes.ts'
import { inWorld, type OpenWorld } from '../../in-world.ts'
import { complain, wantsColor } from '../../terminal.ts'
import type { ServeCommandOptions } from './options.ts'

/** `chain serve`: a chain on a port of this machine, until a signal ends it. */
export async function serve(name: string | undefined, options: ServeCommandOptions): Promise<ExitCode> {
  const listener = listenerOf(options.listener)
  const chain = listener === null ? null : chainOf(name, 'chain serve DIR')
  if (listener === null || chain === null) return EXIT.invalid
  return inWorld(chain, options, async (open) => {
    try {
      await using server = await ChainServer.listen({
        port: options.port,
        listener,
        ask: (request) => asked(open, request, options),
        onRefused: (line, { sentence }) => complain(`${line}: ${sentence}`),
      })
      greet(server.url, name ?? chain.dir, open, options)
      const { promise: stopped, resolve } = Promise.withResolvers<void>()
      open.signal.addEventListener('abort', () => resolve())
      if (!open.signal.aborted) await Promise.race([stopped, server.broken])
      return EXIT.passed
    } catch (error) {
      if (!(error instanceof PortError)) throw error
      complain(error.message)
      return EXIT.invalid
    }
  })
}

/** Where requests enter, by a URL; null where it is none, and that has been told. */
function listenerOf(url: string): Listener | null {
  const request = { via: 'nginx', from: null, proxied: null, method: 'GET', url, target: null } as const
  const sendable = clientRequest({ ...request, httpVersion: '1.1', headers: [], body: '' })
  if (/^https?:/.test(url) && sendable.kind === 'request') return sendable.request.listener
  const because = sendable.kind === 'refused' ? sendable.because : `"${url}" is no URL`
  complain(`Failed to use --listener: ${because}. Write one such as https://shop.example:8443.`)
  return null
}

/** Sends a request through the chain, and prints what came of it. */
async function asked(
  { world, signal }: OpenWorld,
  request: ClientRequest,
  { verbose }: ServeCommandOptions,
): Promise<Answer> {
  const { answer, trace } = await orAborted(askWorld(world, request), signal)
  if (trace === null || trace.exchanges.length === 0) {
    const why = answer.kind === 'told' ? answer.sentence : 'no answer'
    complain(`${request.method} ${request.target}: ${why}`)
  } else {
    const explanation = verbose ? renderExplanation(trace, { color: wantsColor(process.stdout) }) : ''
    process.stdout.write(`${renderRoad(trace)}\n${explanation}`)
  }
  return answer
}

/** What runs where, and how to ask it. */
function greet(url: string, chain: string, { environment }: OpenWorld, { listener }: ServeCommandOptions): void {
  const { hostname } = new URL(listener)
  const host = hostname === '127.0.0.1' ? 'shop.example' : hostname
  const lines = [
    `${url} is ${listener} of the chain ${maskNames(chain)} on ${environment.name}. Ctrl-C ends it.`,
    `Ask it: curl -H 'Host: ${host}' ${url}/`,
  ]
  process.stdout.write(`${lines.map(printable).join('\n')}\n\n`)
}
