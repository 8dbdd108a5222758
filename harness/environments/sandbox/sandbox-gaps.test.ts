import { expect, test } from 'vitest'
import type { Chain } from '../../chain/chain.ts'
import type { Service } from '../../chain/service.ts'
import { flowmaster } from '../fixtures/flowmaster.ts'
import { sandbox } from './sandbox.ts'

const COMMAND = { command: ['node', 'gateway.js'], image: null, span: null }

/** FlowMaster's chain with other ports of one Service. */
function chainWith(
  name: string,
  ports: Partial<Pick<Service, 'port' | 'targetPort' | 'listens'>>,
  listen = '80',
): Chain {
  const chain = flowmaster((site) => site.replace('listen 80 default_server;', `listen ${listen} default_server;`))
  return { ...chain, services: chain.services.map((one) => (one.name === name ? { ...one, ...ports } : one)) }
}

const gapsOf = (chain: Chain): string[] => sandbox.gaps(chain).map(({ because }) => because)

test.each([
  ['80', { port: 80 }],
  ['*:80', { listens: 80 }],
  ['8080', { port: 9008, listens: 8080 }],
  ['[::]:9008', {}],
])('nginx on %s leaves room for a Service with %j', (listen, ports) => {
  expect(gapsOf(chainWith('scheduling', ports, listen))).toEqual([])
})

test.each(['80', '*:80', '0.0.0.0'])('nginx on %s leaves no room for a program of its host on port 80', (listen) => {
  const chain = chainWith('scheduling', { port: 80 }, listen)
  const services = chain.services.map((one) => (one.name === 'scheduling' ? { ...one, on: 'host' as const } : one))
  expect(gapsOf({ ...chain, services })).toEqual([expect.stringContaining('"scheduling" has port 80')])
})

test('a gateway command listens on the port of its Service alone', () => {
  const ports = { targetPort: 9100, listens: 9100 }
  expect(gapsOf({ ...chainWith('api-gateway', ports), gateway: COMMAND })).toEqual([
    expect.stringContaining('has ports 9000, 9100 and 9100'),
  ])
  expect(gapsOf(chainWith('api-gateway', ports))).toEqual([])
  expect(gapsOf({ ...flowmaster(), gateway: COMMAND })).toEqual([])
})
