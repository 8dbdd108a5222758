import { expect, test } from 'vitest'
import { service } from '../runner/fixtures/flow.ts'
import { VirtualCluster } from './virtual-cluster.ts'

const CLUSTER = [service('api-gateway', '10.43.1.1', 9000, null), service('scheduling', '10.43.1.2', 9008, null)]

test('a Service that begins without pods has one when it is started', () => {
  const cluster = new VirtualCluster([{ ...service('idle', null, 80, null), replicas: 0 }], 1)
  expect(cluster.states()).toMatchObject([{ readyEndpoints: 0 }])
  expect(cluster.service('idle').wanted).toBe(1)
})

test('a re-created Service takes an address that none has or had, whatever chance says', () => {
  const cluster = new VirtualCluster(CLUSTER, 1)
  const seen = new Set(['10.43.1.1', '10.43.1.2'])
  for (let round = 0; round < 3_000; round++) {
    cluster.recreate('scheduling', null)
    const { clusterIP } = cluster.service('scheduling')
    expect(seen).not.toContain(clusterIP)
    seen.add(clusterIP ?? '')
  }
})
