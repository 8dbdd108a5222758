import { expect, test } from 'vitest'
import { K3S_HOST } from '../chain/chain.ts'
import type { Service } from '../chain/service.ts'
import { service } from '../runner/fixtures/flow.ts'
import { VirtualCluster } from './virtual-cluster.ts'

const CLUSTER = [service('api-gateway', '10.43.1.1', 9000, null), service('scheduling', '10.43.1.2', 9008, null)]

const clusterOf = (services: readonly Service[]) => new VirtualCluster({ services, host: K3S_HOST }, 1)

test('a Service that begins without pods has one when it is started', () => {
  const cluster = clusterOf([{ ...service('idle', null, 80, null), replicas: 0 }])
  expect(cluster.states()).toMatchObject([{ readyEndpoints: 0 }])
  expect(cluster.service('idle').wanted).toBe(1)
})

test('a re-created Service takes an address that none has or had, whatever chance says', () => {
  const cluster = clusterOf(CLUSTER)
  const seen = new Set(['10.43.1.1', '10.43.1.2'])
  for (let round = 0; round < 3_000; round++) {
    cluster.recreate('scheduling', null)
    const { clusterIP } = cluster.service('scheduling')
    expect(seen).not.toContain(clusterIP)
    seen.add(clusterIP ?? '')
  }
})

test('a program on the host answers at 127.0.0.1 alone, and no Service leads to it', () => {
  const program = { ...service('reports', null, 3001, null), on: 'host' as const }
  const cluster = clusterOf([...CLUSTER, program])
  expect(cluster.ownerOf('127.0.0.1', 3001)?.name).toBe('reports')
  expect(cluster.ownerOf('127.0.0.1', 3002)).toBeNull()
  expect(cluster.ownerOf('::1', 3001)).toBeNull()
  expect(cluster.states().map(({ name }) => name)).toEqual(['api-gateway', 'scheduling'])
  expect(cluster.destination('reports', 3001).service).toBeNull()
  expect(() => cluster.recreate('reports', null)).toThrow('"reports" is a program on the host of nginx')
  expect(() => cluster.delete('reports')).toThrow('"reports" is a program on the host of nginx')
})
