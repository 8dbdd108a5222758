import { getServers, Resolver } from 'node:dns/promises'
import { constants, createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { logSince, nginxBuild, putSite, reload } from './nginx-files.ts'

/**
 * Runs in a container that shares nginx's network and folders, and lets the test process stand there. It speaks HTTP/2, so
 * that everything goes over one connection, which may be a port-forward: that takes long to open, and a second to close.
 * `CONNECT host:port` (RFC 9113 section 8.5) opens a connection from there, byte for byte, from 127.0.0.1 where it leads
 * there. `GET /dns/NAME` says what cluster DNS answers, `GET /nameserver` where that is, `GET /log/POSITION` what nginx has
 * logged since, `GET /build` how it was built; `PUT /site` puts its files in place, `POST /reload` lets it read them. Whoever does not know the token gets
 * nothing, since the port is open to the network of engine or cluster.
 */
const { RELAY_PORT, RELAY_TOKEN, CLUSTER_DNS } = process.env

/** That of its host, where nothing else is said. */
const nameserver = CLUSTER_DNS ?? getServers()[0] ?? ''

const COMMANDS: Readonly<Record<string, (argument: string, body: string) => Promise<unknown>>> = {
  dns: lookUp,
  build: nginxBuild,
  log: (position) => logSince(Number(position)),
  site: (_, body) => putSite(JSON.parse(body)),
  reload,
  nameserver: async () => nameserver,
}

const server = createServer()

server.on('stream', (stream, headers) => {
  stream.on('error', () => stream.destroy())
  if (!isAllowed(headers)) return answer(stream, 407, null)
  if (headers[':method'] === 'CONNECT') return connectTo(headers[':authority'] ?? '', stream)
  void carryOut(headers[':path'] ?? '', stream)
})

server.listen(Number(RELAY_PORT), '0.0.0.0')
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0))

function isAllowed(headers: IncomingHttpHeaders): boolean {
  return RELAY_TOKEN !== undefined && headers['proxy-authorization'] === `Bearer ${RELAY_TOKEN}`
}

async function carryOut(path: string, stream: ServerHttp2Stream): Promise<void> {
  const [, name = '', argument = ''] = path.split('/')
  const command = COMMANDS[name]
  if (command === undefined) return answer(stream, 404, null)
  try {
    answer(stream, 200, await command(argument, await text(stream)))
  } catch (error) {
    answer(stream, 500, String(error))
  }
}

function answer(stream: ServerHttp2Stream, status: number, body: unknown): void {
  if (stream.destroyed) return
  stream.respond({ ':status': status, 'content-type': 'application/json' })
  stream.end(JSON.stringify(body ?? null))
}

function connectTo(authority: string, client: ServerHttp2Stream): void {
  const colon = authority.lastIndexOf(':')
  const host = authority.slice(0, colon).replace(/^\[|\]$/g, '')
  const port = Number(authority.slice(colon + 1))
  const upstream = connect({ host, port, allowHalfOpen: true, noDelay: true })
  const refuse = (error: NodeJS.ErrnoException): void => answer(client, 502, error.code ?? 'failed')
  upstream.once('error', refuse)
  upstream.once('connect', () => {
    upstream.off('error', refuse)
    client.respond({ ':status': 200 })
    join(client, upstream)
  })
  client.once('close', () => upstream.destroy())
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

/** Both directions until both have ended; one that breaks takes the other with it. */
function join(client: ServerHttp2Stream, upstream: Socket): void {
  upstream.on('error', () => client.close(constants.NGHTTP2_CONNECT_ERROR))
  client.pipe(upstream).pipe(client)
}
