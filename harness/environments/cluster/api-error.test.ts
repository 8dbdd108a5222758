import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { EnvironmentError, EnvironmentGoneError } from '../environment.ts'
import { flowmaster } from '../fixtures/flowmaster.ts'
import { NO_RESOURCES } from '../kubernetes/resources.ts'
import { clusterEnvironment } from './cluster.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'chain-api-error-'))
const kubeconfig = path.join(folder, 'my config')
const servers: { close(): void }[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
  vi.unstubAllEnvs()
})
afterAll(() => rmSync(folder, { recursive: true }))

const PLAIN = { 'insecure-skip-tls-verify': true }
const KUBECTL = `kubectl --kubeconfig '${kubeconfig}' --context tests`

/** Something that answers on a port of its own, which it returns. */
async function listen(answer: RequestListener): Promise<number> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** An API that refuses everything with a Status object, as the real one writes it. */
function refusing(code: number, message: string): RequestListener {
  return (_, response) => {
    response.writeHead(code, { 'content-type': 'application/json', connection: 'close' })
    response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code }))
  }
}

function writeKubeConfig(cluster: object, user: object = { token: 'x' }): void {
  const config = {
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'tests', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'tests',
  }
  writeFileSync(kubeconfig, JSON.stringify(config))
}

/** What a run says that is led to a cluster by a kubeconfig. */
async function toldOf(
  cluster: object,
  user?: object,
  signal = new AbortController().signal,
): Promise<EnvironmentError> {
  writeKubeConfig(cluster, user)
  await using environment = clusterEnvironment({ kubeconfig, namespace: 't1', attach: true, resources: NO_RESOURCES })
  const error: unknown = await environment.start(flowmaster(), { seed: 1, signal }).catch((reason: unknown) => reason)
  if (!(error instanceof EnvironmentError)) throw error
  return error
}

test('a user that the cluster does not know (401)', async () => {
  const port = await listen(refusing(401, 'Unauthorized'))
  expect(await toldOf({ server: `http://127.0.0.1:${port}`, ...PLAIN })).toMatchObject({
    message:
      'Failed to attach to namespace "t1": the cluster does not know the user of the kubeconfig (401 Unauthorized).',
    remedy: `Use credentials that the cluster accepts; "${KUBECTL} auth can-i create namespaces" tries them.`,
  })
})

test('a user that may not do it (403)', async () => {
  const port = await listen(refusing(403, 'services is forbidden: User "u" cannot list resource "services"'))
  expect(await toldOf({ server: `http://127.0.0.1:${port}`, ...PLAIN })).toMatchObject({
    message: expect.stringContaining('the cluster does not allow it: services is forbidden: User "u" cannot list'),
  })
})

test('a server of plain HTTP', async () => {
  expect(await toldOf({ server: 'http://127.0.0.1:8001' })).toMatchObject({
    message: expect.stringMatching(
      /^Failed to use kubeconfig ".*": its server http:\/\/127\.0\.0\.1:8001 is plain HTTP/,
    ),
  })
})

test('a server that is no URL', async () => {
  expect(await toldOf({ server: 'k8s.example' })).toMatchObject({
    message: expect.stringContaining('its server "k8s.example" is no address of a Kubernetes API'),
  })
})

test('a server that does not speak TLS', async () => {
  const port = await listen((_, response) => response.end())
  expect(await toldOf({ server: `https://127.0.0.1:${port}` })).toMatchObject({
    message: expect.stringContaining(`https://127.0.0.1:${port} does not speak TLS`),
  })
})

test('nobody there: the line for kubectl leads to the same cluster', async () => {
  const port = await listen((_, response) => response.end())
  for (const server of servers.splice(0)) server.close()
  expect(await toldOf({ server: `https://127.0.0.1:${port}` })).toMatchObject({
    message: expect.stringContaining(
      `the Kubernetes API at https://127.0.0.1:${port} does not answer (connect ECONNREFUSED`,
    ),
    remedy: `See whether "${KUBECTL} version" works.`,
  })
})

test('a port that no HTTP client connects to', async () => {
  expect(await toldOf({ server: 'https://127.0.0.1:1' })).toMatchObject({
    message: expect.stringContaining('no HTTP client of Node.js connects to the port of https://127.0.0.1:1'),
  })
})

test('credentials that are no PEM', async () => {
  const user = { 'client-certificate-data': 'AAAA', 'client-key-data': 'AAAA' }
  expect(await toldOf({ server: 'https://127.0.0.1:6443' }, user)).toMatchObject({
    message: expect.stringContaining("the certificate or the key of the kubeconfig's user cannot be read"),
  })
})

test('an API that takes requests and never answers keeps no run that is interrupted', async () => {
  const { promise: asked, resolve: onRequest } = Promise.withResolvers<void>()
  const port = await listen(() => onRequest())
  const cluster = { server: `http://127.0.0.1:${port}`, ...PLAIN }
  const interrupt = new AbortController()
  const started = toldOf(cluster, undefined, interrupt.signal)
  await asked
  interrupt.abort()
  await expect(started).rejects.toBe(interrupt.signal.reason)
})

test('where the first namespace cannot be made, it is told for the rest of the run, and nothing more is asked', async () => {
  let asked = 0
  const refuse = refusing(403, 'namespaces is forbidden: User "u" cannot create resource "namespaces"')
  const port = await listen((request, response) => {
    asked++
    refuse(request, response)
  })
  writeKubeConfig({ server: `http://127.0.0.1:${port}`, ...PLAIN })
  vi.stubEnv('CHAIN_IMAGE', 'request-chain:test')
  await using environment = clusterEnvironment({ kubeconfig, namespace: 't1', attach: false, resources: NO_RESOURCES })
  const start = () => environment.start(flowmaster(), { seed: 1 }).catch((reason: unknown) => reason)
  const [first, beside] = await Promise.all([start(), start()])
  expect(first).toBeInstanceOf(EnvironmentGoneError)
  expect(first).toMatchObject({
    message: expect.stringMatching(
      /^Failed to make namespace "t1": the cluster does not allow it: namespaces is forbidden/,
    ),
  })
  expect(beside).toBe(first)
  const askedBefore = asked
  expect(await start()).toBe(first)
  expect(asked).toBe(askedBefore)
})
