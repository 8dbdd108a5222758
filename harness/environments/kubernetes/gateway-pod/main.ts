import { once } from 'node:events'
import { createServer } from 'node:http'
import { createGateway, type Gateway } from '../../../../gateway/app.ts'
import { parseGatewayConfig, readGatewayConfig } from '../../../../gateway/config.ts'
import { openLog } from '../../../../gateway/log-line.ts'
import { CONTROL_PORT } from '../stub-pod/protocol.ts'

/**
 * The project's gateway in its pod, started as gateway/main.ts starts it: it reads its files once, from where the ConfigMap is
 * mounted. `POST /start-again` on a port of its own starts it again with what it has read, in a fraction of a new pod's time: one that
 * counts its clients' requests has counted none then.
 */
const [port] = process.argv.slice(2)
const { GATEWAY_CONFIG_DIR = '' } = process.env

const parsed = parseGatewayConfig(await readGatewayConfig(GATEWAY_CONFIG_DIR))
if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
const { config } = parsed
const log = openLog(process.stdout.fd)
let gateway = await start()

const control = createServer(async (request, response) => {
  if (request.method !== 'POST' || request.url !== '/start-again') return response.writeHead(404).end()
  gateway.server.closeAllConnections()
  await gateway.close()
  gateway = await start()
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
})
control.listen(CONTROL_PORT, '0.0.0.0')

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    control.close()
    control.closeAllConnections()
    await gateway.close()
  })
}

async function start(): Promise<Gateway> {
  const next = createGateway({ config, onAccess: log.request })
  next.server.listen(Number(port), '0.0.0.0')
  await once(next.server, 'listening')
  return next
}
