import { getServers, Resolver } from 'node:dns/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { logSince, putSite, reload } from './nginx-files.ts'

/**
 * Runs in a container that shares the node's network and nginx's folders, and lets the test process stand there.
 * `CONNECT host:port` (RFC 9110 section 9.3.6) opens a connection from the node, byte for byte, from 127.0.0.1 where it leads
 * there. `GET /dns/NAME` says what cluster DNS answers, `GET /nameserver` where that is, `GET /log/POSITION` what nginx has logged
 * since; `PUT /site` puts its files in place, `POST /reload` lets it read them. Whoever does not know the token gets nothing, since the port is open to the engine's network.
 */
const { RELAY_PORT, RELAY_TOKEN, CLUSTER_DNS } = process.env

/** That of its host, where nothing else is said. */
const nameserver = CLUSTER_DNS ?? getServers()[0] ?? ''

const COMMANDS: Readonly<Record<string, (argument: string, body: string) => Promise<unknown>>> = {
  dns: lookUp,
  log: (position) => logSince(Number(position)),
  site: (_, body) => putSite(JSON.parse(body)),
  reload,
  nameserver: async () => nameserver,
}

const server = createServer(async (request, response) => {
  const [, command = '', argument = ''] = (request.url ?? '').split('/')
  const carryOut = COMMANDS[command]
  if (!isAllowed(request) || carryOut === undefined) return answer(response, 404, null)
  try {
    answer(response, 200, await carryOut(argument, await bodyOf(request)))
  } catch (error) {
    answer(response, 500, String(error))
  }
})

server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
  client.on('error', () => client.destroy())
  if (!isAllowed(request)) return client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
  const [host = '', port] = (request.url ?? '').split(':')
  const upstream = connect({ host, port: Number(port), allowHalfOpen: true, noDelay: true })
  const refuse = (error: NodeJS.ErrnoException): void => {
    client.end(`HTTP/1.1 502 ${error.code ?? 'failed'}\r\n\r\n`)
  }
  upstream.once('error', refuse)
  upstream.once('connect', () => {
    upstream.off('error', refuse)
    client.write('HTTP/1.1 200 Connected\r\n\r\n')
    upstream.write(head)
    join(client, upstream)
  })
  client.once('close', () => upstream.destroy())
})

// A connection that waits for the next question is its client's to close.
server.keepAliveTimeout = 0
server.listen(Number(RELAY_PORT), '0.0.0.0')
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0))

function isAllowed({ headers }: IncomingMessage): boolean {
  return RELAY_TOKEN !== undefined && headers['proxy-authorization'] === `Bearer ${RELAY_TOKEN}`
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? null))
}

/**
 * Addresses of a name; none where it means nothing, or while DNS is not there yet. Every question has a socket of its own: the
 * kernel would lead one that asked before kube-proxy knew of DNS into the void for good (conntrack).
 */
async function lookUp(name: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: 1_000, tries: 1 })
  resolver.setServers([nameserver])
  return resolver.resolve4(name).catch(() => [])
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** Both directions until both have ended; one that breaks takes the other with it. */
function join(client: Duplex, upstream: Socket): void {
  upstream.on('error', () => client.destroy())
  upstream.once('close', (hadError) => {
    if (hadError) client.destroy()
  })
  client.pipe(upstream).pipe(client)
}
