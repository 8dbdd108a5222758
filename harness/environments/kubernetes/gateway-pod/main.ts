import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { CONTROL_PORT } from '../stub-pod/protocol.ts'

/**
 * The project's gateway in its pod: `gateway/main.ts` with the arguments given here. `POST /anew` on a port of its own starts
 * the process again, which takes a fraction of a new pod's time: a gateway that counts its clients' requests has counted none
 * then. Whatever the process ends with otherwise, the pod ends with.
 */
const PORT = Number(process.argv[process.argv.indexOf('--port') + 1])

let gateway = start()

const control = createServer(async (request, response) => {
  if (request.method !== 'POST' || request.url !== '/anew') return response.writeHead(404).end()
  const old = gateway
  old.off('exit', endWith)
  old.kill('SIGKILL')
  await once(old, 'exit')
  gateway = start()
  while (!(await listens())) await sleep(5)
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
})
control.listen(CONTROL_PORT, '0.0.0.0')
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => gateway.kill(signal))

function start(): ChildProcess {
  const child = spawn(process.execPath, ['gateway/main.ts', ...process.argv.slice(2)], { stdio: 'inherit' })
  return child.on('exit', endWith)
}

function endWith(code: number | null): void {
  process.exit(code ?? 1)
}

async function listens(): Promise<boolean> {
  const socket = connect(PORT, '127.0.0.1')
  const isOpen = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'close').then(() => false),
  ]).catch(() => false)
  socket.destroy()
  return isOpen
}
