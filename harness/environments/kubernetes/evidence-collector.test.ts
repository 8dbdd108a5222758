import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { AccessEntry, Outcome } from '../../../gateway/access-entry.ts'
import { PORT_80 } from '../../chain/client-request.ts'
import { Source } from '../../diagnostics/source.ts'
import { loadSiteFile } from '../../nginx/load-site-file.ts'
import { gatewayLines } from '../gateway-lines.ts'
import type { InForce } from '../observed/evidence.ts'
import { EvidenceCollector } from './evidence-collector.ts'
import { Translation } from './translation.ts'

/** nginx 1.22.1 waits in vain for 10.43.193.134, the gateway. */
const SILENCE = readFileSync(
  path.join(import.meta.dirname, '../observed/fixtures/unreachable-upstreams.log.txt'),
  'latin1',
)

/** The same, where the gateway answers. */
const ANSWER = SILENCE.replace(
  /^(.* \*1) upstream timed out .*$/m,
  '$1 http proxy status 200 "200 OK"\n$1 http proxy header done',
)

const SITE = 'server { listen 80; location /api/ { proxy_pass http://10.43.193.134:9000; } }'

test('where nginx came to nobody, nobody behind it is asked', async () => {
  expect(await askedWith({ nginxLog: SILENCE })).toEqual([])
})

test('where it came to the gateway, the gateway is asked, and the stub that its line names', async () => {
  expect(await askedWith({ nginxLog: ANSWER, entries: [entryOf('answered')] })).toEqual(['api-gateway', 'scheduling'])
})

test.each<[Outcome | null, readonly string[]]>([
  ['answered', ['scheduling']],
  ['read-timeout', ['scheduling']],
  ['reset', ['scheduling']],
  ['invalid', ['scheduling']],
  [null, ['scheduling']],
  ['refused', []],
  ['connect-timeout', []],
  ['unresolved', []],
])('a gateway whose line says %j: the stubs %j are asked', async (outcome, stubs) => {
  expect(await askedWith({ via: 'gateway', entries: [entryOf(outcome)] })).toEqual(['api-gateway', ...stubs])
})

test('behind a gateway that writes no line, every stub is asked', async () => {
  expect(await askedWith({ via: 'gateway' })).toEqual(['api-gateway', 'scheduling', 'frontend'])
})

test('a stub that the client came to directly is asked, and nobody else', async () => {
  expect(await askedWith({ via: 'frontend' })).toEqual(['frontend'])
})

/** Collects what there is of one request; the names of those that were asked, in order. */
async function askedWith(given: { via?: string; nginxLog?: string; entries?: AccessEntry[] }): Promise<string[]> {
  const asked: string[] = []
  const nginx = { takeLog: async () => '', takeFinishedLog: async () => given.nginxLog ?? '' }
  const gatewayLogs = {
    clear: () => undefined,
    takeEntries: async () => {
      asked.push('api-gateway')
      return given.entries ?? []
    },
  }
  const stubs = {
    services: ['scheduling', 'frontend'],
    takeRecords: async (service: string) => {
      asked.push(service)
      return []
    },
  }
  const collector = new EvidenceCollector(nginx, gatewayLogs, stubs, new Translation('t1', []))
  const request = {
    method: 'GET',
    target: '/api/v1/processes?page=2',
    httpVersion: '1.1',
    headers: [],
    body: '',
  } as const
  const seen = { requestId: '0a', via: given.via ?? 'nginx', listener: PORT_80, request, response: null, elapsedMs: 1 }
  await collector.begin()
  await collector.collect(seen, inForce(), '0a')
  return asked
}

function entryOf(outcome: Outcome | null): AccessEntry {
  return {
    requestId: '0a',
    method: 'GET',
    target: '/api/v1/processes?page=2',
    status: 200,
    route: null,
    carriedBy: null,
    sends: '/x',
    upstream: { host: 'scheduling', port: 9008 },
    outcome,
    decidedBy: null,
    publicBy: null,
    headerChanges: { request: [], answer: [] },
    detail: '',
    elapsedMs: 1,
  }
}

function inForce(): InForce {
  const serviceAt = (address: string): string | null => (address === '10.43.193.134' ? 'api-gateway' : null)
  return {
    file: loadSiteFile(new Source('nginx.conf', SITE), new Map()),
    model: null,
    routes: null,
    isOwnGateway: true,
    lineAt: gatewayLines({ routes: new Source('routes.yaml', ''), middleware: null, auth: null }),
    serviceAt,
    ownerOf: serviceAt,
    destination: (host, port) => ({ host, address: null, port, service: host }),
  }
}
