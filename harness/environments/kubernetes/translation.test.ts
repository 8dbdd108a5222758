import { expect, test } from 'vitest'
import { Translation } from './translation.ts'

function translation(): Translation {
  const one = new Translation('t1', ['api-gateway', 'scheduling'])
  one.add('10.43.193.134', '10.96.4.7')
  one.add('10.43.0.10', '10.96.0.10')
  return one
}

test.each([
  ['proxy_pass http://10.43.193.134:9000/x;', 'proxy_pass http://10.96.4.7:9000/x;'],
  ['server 10.43.193.134; server 10.43.193.13;', 'server 10.96.4.7; server 10.43.193.13;'],
  [
    '10.43.193.134 was it. Not 110.43.193.134, nor 10.43.193.134.5',
    '10.96.4.7 was it. Not 110.43.193.134, nor 10.43.193.134.5',
  ],
  ['resolver 10.43.0.10 valid=2s;', 'resolver 10.96.0.10 valid=2s;'],
  ['set $x api-gateway.flowmaster.svc.cluster.local;', 'set $x api-gateway.t1.svc.cluster.local;'],
  ['http://Scheduling.FlowMaster:9008/', 'http://Scheduling.t1:9008/'],
])('%s is %s in the cluster, and back again', (written, given) => {
  const both = translation()
  expect(both.toCluster(written)).toBe(given)
  expect(both.toChain(given)).toBe(written)
})

test.each([
  'server_name www.flowmaster.example api-gateway.flowmaster.example;',
  'allow 10.43.193.134/32;',
  'http://other.flowmaster.svc:80',
  '# version 1.10.43.193.134',
])('%s stays as it is', (text) => {
  expect(translation().toCluster(text)).toBe(text)
})

test('addresses of the Service network that nothing stands for are told, networks and others are not', () => {
  const text =
    'allow 10.43.0.0/16; deny 10.43.0.0; server 10.43.9.9:80; server 10.43.193.134; server 192.0.2.1; 10.96.4.7;'
  expect(translation().unknownIn(text)).toEqual(['10.43.9.9'])
})

test('where the cluster gave what was asked for, nothing is rewritten', () => {
  const same = new Translation('flowmaster', ['api-gateway'])
  same.add('10.43.193.134', '10.43.193.134')
  const text = 'proxy_pass http://10.43.193.134; api-gateway.flowmaster.svc'
  expect(same.toCluster(text)).toBe(text)
  expect(same.givenFor('10.43.193.134')).toBe(null)
  expect(same.unknownIn(text)).toEqual([])
})
