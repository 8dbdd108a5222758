import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { AccessEntry } from '../access-entry.ts'
import { createGateway, type Gateway, type GatewayOptions } from '../app.ts'
import { type GatewayConfig, parseGatewayConfig } from '../config.ts'

/** What a backend received, byte for byte as far as node:http tells. */
export interface Received {
  readonly method: string
  readonly target: string
  readonly headers: IncomingMessage['headers']
  readonly rawHeaders: readonly string[]
  readonly body: string
}

/** A backend on 127.0.0.1 that records what it receives and answers 200 with its target unless told otherwise. */
export class TestBackend implements AsyncDisposable {
  readonly received: Received[] = []
  readonly server: Server
  readonly port: number

  private constructor(server: Server, port: number) {
    this.server = server
    this.port = port
  }

  static async start(answer: RequestListener = (request, response) => response.end(request.url)): Promise<TestBackend> {
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      try {
        for await (const chunk of request) chunks.push(chunk)
      } catch {
        // The gateway gave the request up: it is not counted as received.
        return
      }
      const { method = '', url: target = '', headers, rawHeaders } = request
      backend.received.push({ method, target, headers, rawHeaders, body: Buffer.concat(chunks).toString('latin1') })
      answer(request, response)
    })
    const backend = new TestBackend(server, await listen(server))
    return backend
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections()
    this.server.close()
    await once(this.server, 'close')
  }
}

/** Config texts; `BACKEND` in them is the address of the backend. */
export interface TestConfig {
  readonly routes: string
  readonly middleware?: string
  readonly auth?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** Parses a config that must be valid. */
export function configOf(config: TestConfig, backendPort = 1): GatewayConfig {
  const file = (name: string, text: string | undefined) =>
    text === undefined ? null : { file: name, text: text.replaceAll('BACKEND', `127.0.0.1:${backendPort}`) }
  const routes = file('routes.yaml', config.routes) ?? { file: 'routes.yaml', text: '' }
  const files = { routes, middleware: file('middleware.yaml', config.middleware), auth: file('auth.yaml', config.auth) }
  const result = parseGatewayConfig(files, config.environment ?? {})
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'))
  return result.config
}

/** A gateway that listens on 127.0.0.1. */
export class TestGateway implements AsyncDisposable {
  readonly gateway: Gateway
  readonly port: number
  readonly entries: AccessEntry[]
  readonly config: GatewayConfig

  private constructor(config: GatewayConfig, gateway: Gateway, port: number, entries: AccessEntry[]) {
    this.config = config
    this.gateway = gateway
    this.port = port
    this.entries = entries
  }

  static async start(
    config: TestConfig,
    backendPort?: number,
    options: Partial<GatewayOptions> = {},
  ): Promise<TestGateway> {
    const entries: AccessEntry[] = []
    const parsed = configOf(config, backendPort)
    const gateway = createGateway({
      config: parsed,
      onAccess: (entry) => entries.push(entry),
      ...options,
    })
    return new TestGateway(parsed, gateway, await listen(gateway.server), entries)
  }

  /** Sends bytes on one connection and gives all that comes back until the gateway closes it. */
  async raw(bytes: string): Promise<string> {
    const socket = connect(this.port, '127.0.0.1')
    socket.write(bytes, 'latin1')
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk)
    return Buffer.concat(chunks).toString('latin1')
  }

  /** Resolves when the log has so many entries. */
  async logged(count: number): Promise<readonly AccessEntry[]> {
    while (this.entries.length < count) await new Promise<void>((resolve) => setImmediate(resolve))
    return this.entries
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.gateway.server.closeAllConnections()
    await this.gateway.close()
  }
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address: AddressInfo | string | null = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
