import { createServer } from 'node:http'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { PORT_80 } from '../../chain/client-request.ts'
import { loadChain } from '../../chain/load-chain.ts'
import { SiteOnDisk } from '../site-on-disk.ts'
import { VirtualCluster } from '../virtual-cluster.ts'
import { NginxHop } from './nginx-hop.ts'
import { VirtualClock } from './virtual-clock.ts'
import { VirtualNetwork } from './virtual-network.ts'

describe('an upstream that speaks no HTTP', () => {
  test.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', null],
    ['a status line without a status', 'HTTP/1.1 fine\r\n\r\n', null],
    ['a header that is none', 'HTTP/1.1 200 OK\r\nbroken\x00: x\r\n\r\n', 502],
  ])('%s', async (_name, bytes, status) => {
    const { exchange } = await nginxBefore(bytes).handle(
      GET,
      'f'.repeat(32),
      { listener: PORT_80, from: null },
      new AbortController().signal,
    )
    expect(exchange.passes).toMatchObject([{ tries: [{ outcome: 'invalid', response: null }] }])
    expect(exchange.answered?.status ?? null).toBe(status)
  })
})

const GET = { method: 'GET', target: '/', httpVersion: '1.1', headers: [['Host', 'x']], body: '' } as const

/** FlowMaster's nginx in front of a frontend that answers with these bytes. */
function nginxBefore(bytes: string): NginxHop {
  const dir = path.join(import.meta.dirname, '../../../scenarios/chains/flowmaster')
  const { chain } = loadChain(dir, dir)
  if (chain === null) throw new Error(`Failed to load the chain in "${dir}".`)
  const upstream = createServer()
  upstream.removeAllListeners('connection').on('connection', (socket) => {
    socket.once('data', () => socket.end(bytes, 'latin1'))
  })
  const cluster = new VirtualCluster(chain, 7)
  const network = new VirtualNetwork(cluster, () => upstream)
  const clock = new VirtualClock(0, network.activity)
  return new NginxHop(new SiteOnDisk(chain, cluster.states()), cluster, network, clock)
}
