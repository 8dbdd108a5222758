import type { Chain } from '../chain/chain.ts'
import { bytesFromText, type Header } from '../chain/message.ts'
import type { Environment } from '../environments/environment.ts'
import { clientRequest } from '../runner/client-request.ts'
import type { Trace } from '../trace/trace.ts'
import { openEnvironment } from './environments.ts'

export interface ExplainOptions {
  readonly method?: string
  readonly headers?: readonly Header[]
  readonly body?: string
  /** Where the request is sent; `simulated` where it is left out. */
  readonly environment?: Environment
}

/**
 * Sends one request through a chain, entering at nginx.
 * @param url a path with its query, or a URL that says where the client connects to
 * @returns what every hop did, as data; {@link renderExplanation} makes text of it
 * @throws {TypeError} no client can send the request
 * @throws {UnsupportedError} the environment cannot show the chain
 * @throws {RefusedConfigError} nginx or the gateway refuses its files
 * @throws {EnvironmentError} the environment is missing or broke
 */
export async function explain(chain: Chain, url: string, options: ExplainOptions = {}): Promise<Trace> {
  const { method = 'GET', headers = [], body = '', environment = await openEnvironment('simulated') } = options
  const sendable = clientRequest({
    via: 'nginx',
    from: null,
    proxied: null,
    method,
    url,
    target: null,
    httpVersion: '1.1',
    headers,
    body: bytesFromText(body),
  })
  if (sendable.kind === 'refused')
    throw new TypeError(`Failed to send request "${method} ${url}": ${sendable.because}.`)
  await using world = await environment.start(chain, { seed: 1 })
  return await world.request(sendable.request)
}
