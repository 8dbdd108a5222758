import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { KubeConfig } from '@kubernetes/client-node'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { GatewayLogs } from './gateway-logs.ts'
import { Kube } from './kube.ts'

const LINE = { requestId: 'wanted', method: 'GET', target: '/api/v1/scheduling', status: 502 }
const OTHER = { ...LINE, requestId: 'of the request before' }
const LOG = [OTHER, LINE].map((entry) => `${JSON.stringify(entry)}\n`).join('')

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

/** Follows the log of a pod at an API that answers so. */
async function following(own: boolean, api: RequestListener): Promise<GatewayLogs & AsyncDisposable> {
  const server = createServer(api)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const config = new KubeConfig()
  config.loadFromClusterAndUser(
    { name: 'fake', server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, skipTLSVerify: true },
    { name: 'nobody' },
  )
  const logs = new GatewayLogs(
    new Kube(config, 'flowmaster'),
    () => ({ routes: null, middleware: null, auth: null }),
    own,
  )
  await logs.follow([{ name: 'api-gateway-1' }])
  return Object.assign(logs, {
    async [Symbol.asyncDispose]() {
      logs.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

/** Whoever follows hears nothing; whoever reads has the whole log. */
const silentFollower: RequestListener = (request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/plain' })
  if (request.url?.includes('follow=true')) response.flushHeaders()
  else response.end(LOG)
}

test('a line that a follower is not told is read from the log itself', async () => {
  await using logs = await following(true, silentFollower)
  const taken = logs.takeEntries('wanted')
  vi.advanceTimersByTime(6_000)
  expect(await taken).toMatchObject([LINE])
})

test("of a log that is read again, only the request's own lines count", async () => {
  await using logs = await following(true, silentFollower)
  const taken = logs.takeEntries('never came')
  vi.advanceTimersByTime(6_000)
  expect(await taken).toEqual([])
})

test('what a follower is told is enough', async () => {
  const asked: unknown[] = []
  await using logs = await following(true, (request, response) => {
    asked.push(request.url)
    response.writeHead(200, { 'Content-Type': 'text/plain' })
    response.write(LOG)
  })
  expect(await logs.takeEntries('wanted')).toMatchObject([LINE])
  expect(asked).toHaveLength(1)
})
