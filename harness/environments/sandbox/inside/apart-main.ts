import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import type { ApartAnswer, ApartOrder } from './apart.ts'
import { ip } from './ip.ts'

/** Runs in the network apart: makes addresses its own, listens on them, and hands the sockets over. */
process.on('message', async ({ id, ...order }: ApartOrder & { readonly id: number }) => {
  try {
    const server = order.kind === 'begin' ? await begin(order.address, order.gateway) : await listen(order)
    tell({ id, problem: null }, server)
  } catch (error) {
    tell(
      { id, problem: `Failed to keep a network apart: ${error instanceof Error ? error.message : String(error)}.` },
      null,
    )
  }
})
process.once('disconnect', () => process.exit())
tell({ id: 0, problem: null }, null)

async function begin(address: string, gateway: string): Promise<null> {
  const lines = [
    'link set lo up',
    `addr add ${address}/30 dev there`,
    'link set there up',
    `route add default via ${gateway}`,
  ]
  await ip(lines)
  return null
}

async function listen({ endpoint: { address, port } }: Extract<ApartOrder, { kind: 'listen' }>): Promise<Server> {
  await ip([`addr replace ${address}/32 dev lo`])
  const server = createServer()
  server.listen(port, address)
  await once(server, 'listening')
  return server
}

/** A server that was handed over is nobody's here any more. */
function tell(answer: ApartAnswer, server: Server | null): void {
  if (server === null) process.send?.(answer)
  else process.send?.(answer, server, () => server.close())
}
