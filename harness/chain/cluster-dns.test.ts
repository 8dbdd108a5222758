import { describe, expect, test } from 'vitest'
import { ClusterDns, serviceMeantInPod } from './cluster-dns.ts'

const dns = new ClusterDns((service) => (service === 'scheduling' ? '10.43.1.2' : null), 'flowmaster')

/** What each of the three finds for a name: a name server that is asked for it, a pod, and a host that asks as a pod does. */
const NAMES: readonly (readonly [name: string, answer: string | null, inPod: readonly string[]])[] = [
  ['scheduling', null, ['10.43.1.2']],
  ['Scheduling', null, ['10.43.1.2']],
  ['scheduling.flowmaster', null, ['10.43.1.2']],
  ['scheduling.flowmaster.svc', null, ['10.43.1.2']],
  ['scheduling.flowmaster.svc.cluster.local', '10.43.1.2', ['10.43.1.2']],
  ['SCHEDULING.FlowMaster.svc.cluster.local.', '10.43.1.2', ['10.43.1.2']],
  ['scheduling.', null, []],
  ['scheduling.flowmaster.', null, []],
  ['scheduling.billing', null, []],
  ['scheduling.billing.svc', null, []],
  ['scheduling.billing.svc.cluster.local', null, []],
  ['scheduling.flowmaster.svc.example', null, []],
  ['scheduling.flowmaster.pod.cluster.local', null, []],
  ['a.scheduling.flowmaster.svc.cluster.local', null, []],
  ['unknown.flowmaster.svc.cluster.local', null, []],
  ['flowmaster.svc.cluster.local', null, []],
  ['', null, []],
  ['kube-dns.kube-system.svc.cluster.local', '10.43.0.10', ['10.43.0.10']],
  ['kube-dns.kube-system', null, ['10.43.0.10']],
  ['kube-dns', null, []],
  ['localhost', null, ['::1', '127.0.0.1']],
  ['ip6-localhost', null, ['::1']],
]

describe.each(NAMES)('the name %s', (name, answer, inPod) => {
  test(`a name server says ${answer ?? 'that there is none'}`, () => expect(dns.answer(name)).toBe(answer))

  test(`a pod finds ${inPod.join(', ') || 'nothing'}`, () => expect(dns.lookUpInPod(name)).toEqual(inPod))

  test('the host of nginx finds the same where it asks cluster DNS, and no Service where it does not', () => {
    expect(dns.lookUpOnHost(name, 'cluster')).toEqual(inPod)
    expect(dns.lookUpOnHost(name, 'own')).toEqual(/localhost$/.test(name) ? inPod : [])
  })
})

test('a name means a Service whether it is there or not, in its own namespace alone', () => {
  expect(serviceMeantInPod('gone.flowmaster', 'flowmaster')).toBe('gone')
  expect(serviceMeantInPod('gone.flowmaster', 'billing')).toBeNull()
})

test('names of others lead to Services; Docker knows Services by their bare names', () => {
  const known = new ClusterDns(
    (service) => (service === 'partner' ? '10.43.0.7' : null),
    'flowmaster',
    new Map([['api.example', 'partner']]),
  )
  expect(known.answer('API.example.')).toBe('10.43.0.7')
  expect(known.answer('partner')).toBeNull()
  expect(known.answerOfDocker('partner')).toBe('10.43.0.7')
  expect(known.answerOfDocker('partner.flowmaster.svc.cluster.local')).toBeNull()
  expect(known.lookUpOnHost('api.example', 'own')).toEqual(['10.43.0.7'])
  expect(known.lookUpOnHost('partner', 'own')).toEqual([])
  expect(known.lookUpOnHost('partner', 'docker')).toEqual(['10.43.0.7'])
})
