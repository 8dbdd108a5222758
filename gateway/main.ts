#!/usr/bin/env node
import { once } from 'node:events'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { createGateway, type Gateway } from './app.ts'
import { ConfigReadError, type GatewayConfig, parseGatewayConfig, readGatewayConfig } from './config.ts'
import { openLog } from './log-line.ts'
import { formatPlace } from './place.ts'

const USAGE = `Usage: gateway --config DIR [--port 9000] [--host 0.0.0.0]

Reads routes.yaml, and middleware.yaml and auth.yaml where they are there, from DIR (or $GATEWAY_CONFIG_DIR) once, at start.
`

/** Wrong use and invalid config: nothing was started. */
const EXIT_USAGE = 2
const EXIT_BROKEN = 1

/** How long running requests may take to finish after a signal; Kubernetes kills after 30 s by default. */
const GRACE_MS = 25_000

/** A mistake of the caller's: the message is all there is to say. */
class UsageError extends Error {}

interface Settings {
  readonly dir: string
  readonly host: string
  readonly port: number
}

try {
  const settings = readSettings()
  if (settings === null) process.stdout.write(USAGE)
  else await start(settings)
} catch (error) {
  if (!(error instanceof UsageError || error instanceof ConfigReadError)) throw error
  process.stderr.write(`${printable(error.message)}\n`)
  process.exitCode = EXIT_USAGE
}

async function start({ dir, host, port }: Settings): Promise<void> {
  const config = await readConfig(dir)
  const log = openLog(process.stdout.fd)
  const gateway = createGateway({ config, onAccess: log.request })
  const { server, configHash } = gateway
  server.on('error', (error: NodeJS.ErrnoException) => {
    const fact = error.code === 'EADDRINUSE' ? 'the port is in use' : `the system says ${error.code ?? error.message}`
    process.stderr.write(`Failed to listen on ${host}:${port}: ${fact}. Choose another with --host or --port.\n`)
    process.exitCode = EXIT_BROKEN
  })
  server.listen(port, host)
  await once(server, 'listening').catch(() => undefined)
  if (!server.listening) return
  log.events.info({ address: server.address(), configHash, routes: config.table.routes.length }, 'listening')
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.events.info({ signal }, 'stopping')
      stop(gateway)
    })
  }
}

async function stop(gateway: Gateway): Promise<void> {
  const deadline = setTimeout(() => gateway.server.closeAllConnections(), GRACE_MS)
  await gateway.close()
  clearTimeout(deadline)
}

async function readConfig(dir: string): Promise<GatewayConfig> {
  const result = parseGatewayConfig(await readGatewayConfig(dir))
  if (result.ok) return result.config
  const lines = result.problems.map(
    ({ place, message, hint }) => `${formatPlace(place)}: ${message}${hint === undefined ? '' : `. ${hint}`}`,
  )
  throw new UsageError(lines.join('\n'))
}

/** Control characters and bidirectional marks of a config file are seen, and do nothing to the terminal; lines stay lines. */
function printable(text: string): string {
  return text.replace(/(?!\n)[\p{Cc}\p{Bidi_Control}]/gu, (character) => {
    return `<U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`
  })
}

/** What the command line asks for; null where it asks for help. */
function readSettings(): Settings | null {
  const { config, port, host, help } = readArguments()
  if (help) return null
  const dir = config ?? process.env.GATEWAY_CONFIG_DIR
  if (!dir)
    throw new UsageError(
      'Failed to start the gateway: no config folder is named. Name it with --config or GATEWAY_CONFIG_DIR.',
    )
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new UsageError(
      `Failed to start the gateway on port "${port}": it is no port. Write a number from 0 to 65535.`,
    )
  }
  // Problems are told by the path as it was written, so that an editor finds the file from here.
  return { dir: path.normalize(dir), host, port: Number(port) }
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        config: { type: 'string' },
        port: { type: 'string', default: '9000' },
        host: { type: 'string', default: '0.0.0.0' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    return values
  } catch (error) {
    throw new UsageError(
      `Failed to read the arguments: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`,
    )
  }
}
