import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Chain, type Host, K3S_HOST } from '../chain/chain.ts'
import { type ClientRequest, PORT_80 } from '../chain/client-request.ts'
import { loadChain } from '../chain/load-chain.ts'
import { bytesFromText, type Header, headerValue } from '../chain/message.ts'
import type { Service } from '../chain/service.ts'
import type { WorldChange } from '../chain/world-change.ts'
import { Source } from '../diagnostics/source.ts'
import { exchangeAt } from '../trace/reading.ts'
import type { HopName, Trace } from '../trace/trace.ts'
import type { Environment, World } from './environment.ts'
import { passAt, reasonsAt, triesAt } from './fixtures/trace-parts.ts'

/** One thing that every environment shows alike. */
interface ContractCase {
  readonly name: string
  /** Services that are not as in FlowMaster's chain. */
  readonly services?: readonly Pick<Service, 'name' | 'targetPort' | 'listens'>[]
  /** The host of nginx, where it is not that of a k3s server. */
  readonly host?: Host
  readonly holds: (world: World) => Promise<void>
}

const GATEWAY = 'api-gateway'

/** What an environment is: whatever carries requests has to pass this table. */
const CASES: readonly ContractCase[] = [
  {
    name: 'a request passes nginx, gateway and backend, and every hop names its rule',
    holds: async (world) => {
      const trace = await get(world, '/api/v1/scheduling/jobs/7?page=2')
      expect(trace.response?.status).toBe(200)
      expect(hopsOf(trace)).toEqual(['nginx', 'gateway', 'backend'])
      expect(exchangeAt(trace, 'nginx')).toMatchObject({ passes: [{ matched: '/api/' }], origin: 'upstream' })
      expect(passAt(trace, 'nginx')?.decidedBy.whole?.span?.file).toMatch(/nginx\.conf$/)
      expect(passAt(trace, 'nginx')?.nearMisses).toMatchObject([{ rule: { text: 'location /' } }])
      expect(exchangeAt(trace, 'gateway')).toMatchObject({
        passes: [{ matched: '/v1/scheduling/*' }],
        service: GATEWAY,
      })
      expect(passAt(trace, 'gateway')?.decidedBy.whole?.span).toMatchObject({ line: 10 })
      expect(passAt(trace, 'gateway')?.reasons).toMatchObject([{ span: { line: 10 } }])
      expect(triesAt(trace, 'gateway')).toMatchObject([{ response: { status: 200 } }])
      expect(reasonsAt(trace, 'nginx').join()).not.toContain('when the file was written')
      expect(exchangeAt(trace, 'backend')).toMatchObject({ service: 'scheduling' })
      expect(exchangeAt(trace, 'backend')?.received.target).toBe('/api/v1/schedules/jobs/7?page=2')
    },
  },
  {
    name: 'what a hop sent is what the next one received, byte for byte',
    holds: async (world) => {
      const trace = await get(world, '/api/v1/execution/a%2Fb//c%20d?x=%41&x=&y')
      expect(sentBy(trace, 'nginx')).toBe('/api/v1/execution/a%2Fb//c%20d?x=%41&x=&y')
      expect(exchangeAt(trace, 'gateway')?.received.target).toBe(sentBy(trace, 'nginx'))
      expect(exchangeAt(trace, 'backend')?.received.target).toBe(sentBy(trace, 'gateway'))
    },
  },
  {
    name: 'a body and the headers that nginx sets arrive',
    holds: async (world) => {
      const body = bytesFromText('{"name":"näme"}')
      const trace = await world.request({ ...GET, method: 'POST', target: '/api/v1/processes', body })
      const received = exchangeAt(trace, 'backend')?.received
      expect(received?.method).toBe('POST')
      expect(received?.body).toBe(body)
      expect(headerValue(received?.headers ?? [], 'x-forwarded-proto')).toBe('http')
      expect(headerValue(received?.headers ?? [], 'x-forwarded-for')).toMatch(/^127\.0\.0\.1, /)
      expect(headerValue(received?.headers ?? [], 'x-request-id')).toBe(trace.requestId)
    },
  },
  {
    name: 'a request may enter at the gateway or at a Service',
    holds: async (world) => {
      const atGateway = await world.request({ ...GET, via: 'gateway', target: '/v1/scheduling/jobs' })
      expect(hopsOf(atGateway)).toEqual(['gateway', 'backend'])
      const atService = await world.request({ ...GET, via: 'scheduling', target: '/api/v1/schedules' })
      expect(hopsOf(atService)).toEqual(['backend'])
      expect(atService.response?.status).toBe(200)
      expect(headerValue(atService.request.headers, 'host')).toMatch(/:9008$/)
      expect(headerValue((await get(world, '/')).request.headers, 'host')).toBe('localhost')
    },
  },
  {
    name: 'without a pod, or without the Service, there is nothing to enter at',
    holds: async (world) => {
      await world.change({ kind: 'stop', service: GATEWAY })
      await world.change({ kind: 'delete', service: 'scheduling' })
      for (const via of ['gateway', 'scheduling']) {
        const trace = await world.request({ ...GET, via, target: '/api/v1/schedules' })
        expect(trace).toMatchObject({ response: null, exchanges: [] })
      }
      const { trace, messages } = await world.websocket({ ...GET, via: 'scheduling', target: '/' }, ['one'])
      expect(trace).toMatchObject({ response: null, exchanges: [] })
      expect(messages).toEqual([])
    },
  },
  {
    name: 'a site that does not listen on port 80 is no site for its clients',
    holds: async (world) => {
      await editSite(world, 'listen 80 default_server;', 'listen 8080 default_server;')
      expect(await get(world, '/')).toMatchObject({ response: null, exchanges: [] })
      const { trace } = await world.websocket({ ...GET, target: '/ws/events' }, [])
      expect(trace).toMatchObject({ response: null, exchanges: [] })
      const at8080 = { ...GET, listener: { ...PORT_80, port: 8080 } }
      expect(hopsOf(await world.request({ ...at8080, target: '/' }))).toEqual(['nginx', 'backend'])
      const opened = await world.websocket({ ...at8080, target: '/ws/events' }, ['one'])
      expect(opened).toMatchObject({ trace: { response: { status: 101 } }, messages: ['one'] })
    },
  },
  {
    name: 'the listener that a client connects to chooses among the servers',
    holds: async (world) => {
      const others = ['127.0.0.2:8081', '8081'].map(
        (listen) => `server { listen ${listen}; return 200 "of ${listen}"; }`,
      )
      await editSite(world, 'server {', `${others.join('\n')}\nserver {`)
      const bodyAt = async (address: string, port: number) =>
        (await world.request({ ...GET, listener: { address, port, tls: null, proxied: null } })).response?.body ?? null
      expect(await bodyAt('127.0.0.2', 8081)).toBe('of 127.0.0.2:8081')
      expect(await bodyAt('127.0.0.1', 8081)).toBe('of 8081')
      expect(await bodyAt('127.0.0.1', 8082)).toBeNull()
    },
  },
  {
    name: 'a re-created Service leaves its pin stale: silence, 504; repin mends it',
    holds: async (world) => {
      await world.change({ kind: 'recreate', service: GATEWAY, clusterIP: null })
      const stale = await get(world, '/api/v1/processes')
      expect(stale.response?.status).toBe(504)
      expect(hopsOf(stale)).toEqual(['nginx'])
      expect(triesAt(stale, 'nginx')).toMatchObject([
        { outcome: 'connect-timeout', to: { address: '10.43.193.134', service: null } },
      ])
      expect(reasonsAt(stale, 'nginx')).toContain(
        '10.43.193.134 belonged to Service api-gateway when the file was written; no Service has it now',
      )
      const line12 = expect.objectContaining({ line: 12 })
      expect(passAt(stale, 'nginx')?.reasons).toContainEqual(
        expect.objectContaining({ kind: 'address-changed-hands', now: null, span: line12 }),
      )
      const pin = (await world.pins()).find(({ service }) => service === GATEWAY)
      const service = (await world.services()).find(({ name }) => name === GATEWAY)
      expect(pin?.address).not.toBe(service?.clusterIP)
      await world.change({ kind: 'repin' })
      expect((await get(world, '/api/v1/processes')).response?.status).toBe(200)
      expect((await world.pins()).map(({ address }) => address)).toContain(service?.clusterIP)
    },
  },
  {
    name: 'a pin that was repinned goes stale again with the next re-creation',
    holds: async (world) => {
      for (let round = 0; round < 2; round++) {
        await world.change({ kind: 'recreate', service: GATEWAY, clusterIP: null })
        await world.change({ kind: 'repin' })
      }
      const now = (await world.services()).find(({ name }) => name === GATEWAY)?.clusterIP
      expect((await world.pins()).find(({ service }) => service === GATEWAY)?.address).toBe(now)
      expect((await get(world, '/api/v1/processes')).response?.status).toBe(200)
    },
  },
  {
    name: 'a ClusterIP on a port that its Service does not have is silence',
    holds: async (world) => {
      await editSite(world, '10.43.193.134:9000', '10.43.193.134:9001')
      const trace = await get(world, '/api/v1/processes')
      expect(trace.response?.status).toBe(504)
      expect(triesAt(trace, 'nginx')).toMatchObject([{ outcome: 'connect-timeout' }])
    },
  },
  {
    name: 'a Service found by name may be re-created and nobody notices',
    holds: async (world) => {
      await world.change({ kind: 'recreate', service: 'process-design', clusterIP: null })
      expect((await get(world, '/api/v1/processes')).response?.status).toBe(200)
    },
  },
  {
    name: 'a Service without endpoints refuses: 502, until it is started again',
    holds: async (world) => {
      await world.change({ kind: 'stop', service: GATEWAY })
      const refused = await get(world, '/api/v1/processes')
      expect(refused.response?.status).toBe(502)
      expect(triesAt(refused, 'nginx')).toMatchObject([{ outcome: 'refused', to: { service: GATEWAY } }])
      await world.change({ kind: 'start', service: GATEWAY })
      expect((await get(world, '/api/v1/processes')).response?.status).toBe(200)
    },
  },
  {
    name: 'as many pods are started as were stopped; a Service that is deleted has none',
    holds: async (world) => {
      const ready = async () => (await world.services()).find(({ name }) => name === 'scheduling')?.readyEndpoints
      await world.change({ kind: 'scale', service: 'scheduling', replicas: 2 })
      await world.change({ kind: 'stop', service: 'scheduling' })
      expect(await ready()).toBe(0)
      await world.change({ kind: 'start', service: 'scheduling' })
      expect(await ready()).toBe(2)
      await world.change({ kind: 'delete', service: 'scheduling' })
      expect(await ready()).toBe(0)
    },
  },
  {
    name: 'of several tries, whatever they reached is in the trace, in their order',
    holds: async (world) => {
      const group = 'upstream both { server 10.43.185.219:3000; server 10.43.43.253:9010; } server {'
      await editSite(world, 'server {', group)
      await editSite(world, 'proxy_pass http://10.43.185.219:3000;', 'proxy_pass http://both;')
      const reset = { service: 'frontend-nextjs', fault: { kind: 'reset' }, nth: null } as const
      await world.change({ kind: 'fault', fault: reset })
      const answered = await get(world, '/x')
      expect(triesAt(answered, 'nginx')).toMatchObject([{ outcome: 'reset' }, { outcome: 'answered' }])
      expect(answered.exchanges.slice(1)).toMatchObject([
        {
          hop: 'backend',
          service: 'frontend-nextjs',
          reachedBy: { exchange: 0, pass: 0, try: 0 },
          received: { target: '/x' },
          answered: null,
        },
        {
          hop: 'backend',
          service: 'websocket-gateway',
          reachedBy: { exchange: 0, pass: 0, try: 1 },
          received: { target: '/x' },
          answered: { status: answered.response?.status },
        },
      ])
      await world.change({ kind: 'stop', service: 'websocket-gateway' })
      await world.change({ kind: 'reload' })
      const refused = await get(world, '/x')
      expect(triesAt(refused, 'nginx')).toMatchObject([{ outcome: 'reset' }, { outcome: 'refused' }])
      expect(refused.exchanges.slice(1)).toMatchObject([
        { hop: 'backend', service: 'frontend-nextjs', reachedBy: { exchange: 0, pass: 0, try: 0 }, answered: null },
      ])
    },
  },
  {
    name: 'a route may name an address in place of a Service',
    holds: async (world) => {
      const edit = { kind: 'replace', find: 'scheduling:9008', with: '10.43.185.219:3000' } as const
      await world.change({ kind: 'edit', file: 'routes.yaml', edit })
      await world.change({ kind: 'restart' })
      const trace = await get(world, '/api/v1/scheduling')
      expect(trace.response?.status).toBe(200)
      expect(triesAt(trace, 'gateway')).toMatchObject([
        { to: { host: '10.43.185.219', address: '10.43.185.219', service: 'frontend-nextjs' } },
      ])
    },
  },
  {
    name: 'a line break that nginx takes into a header begins another one for the client',
    holds: async (world) => {
      await editSite(world, 'location /ws/ {', 'location /go/ { return 302 $uri; } location /ws/ {')
      const { response } = await get(world, '/go/%0d%0aX-Injected:%20yes')
      expect(response?.status).toBe(302)
      expect(headerValue(response?.headers ?? [], 'x-injected')).toBe('yes')
      expect(headerValue(response?.headers ?? [], 'location')).toBe('http://localhost/go/')
    },
  },
  {
    name: 'a backend that is down is a 502 of the gateway',
    holds: async (world) => {
      await world.change({ kind: 'scale', service: 'scheduling', replicas: 0 })
      const trace = await get(world, '/api/v1/scheduling/7')
      expect(trace.response?.status).toBe(502)
      expect(hopsOf(trace)).toEqual(['nginx', 'gateway'])
      expect(sentBy(trace, 'gateway')).toBe('/api/v1/schedules/7')
      expect(exchangeAt(trace, 'gateway')).toMatchObject({
        origin: 'self',
        passes: [{ tries: [{ outcome: 'refused' }] }],
      })
    },
  },
  {
    name: 'a Service leads to its targetPort: pods that listen there answer, others refuse',
    services: [
      { name: 'scheduling', targetPort: 8080, listens: 8080 },
      { name: 'process-design', targetPort: 9099, listens: 9003 },
    ],
    holds: async (world) => {
      const answered = await get(world, '/api/v1/scheduling')
      expect(answered.response?.status).toBe(200)
      expect(triesAt(answered, 'gateway')).toMatchObject([{ to: { service: 'scheduling', port: 9008 } }])
      const refused = await get(world, '/api/v1/processes')
      expect(refused.response?.status).toBe(502)
      expect(triesAt(refused, 'gateway')).toMatchObject([
        { to: { service: 'process-design', port: 9003 }, outcome: 'refused' },
      ])
      const state = (await world.services()).find(({ name }) => name === 'process-design')
      expect(state).toMatchObject({ port: 9003, readyEndpoints: 1 })
      expect((await world.request({ ...GET, via: 'scheduling', target: '/health' })).response?.status).toBe(200)
      expect((await world.request({ ...GET, via: 'process-design', target: '/health' })).response).toBeNull()
    },
  },
  {
    name: 'a deleted Service is gone from DNS, and its ClusterIP is silence',
    holds: async (world) => {
      await world.change({ kind: 'delete', service: 'process-design' })
      const unknown = await get(world, '/api/v1/processes')
      expect(unknown.response?.status).toBe(502)
      expect(triesAt(unknown, 'gateway')).toMatchObject([{ outcome: 'unresolved' }])
      await world.change({ kind: 'delete', service: 'frontend-nextjs' })
      expect((await get(world, '/')).response?.status).toBe(504)
    },
  },
  {
    name: 'nginx asks a name server for exact names: no search domains, no other namespace, nothing of /etc/hosts',
    holds: async (world) => {
      const line = (name: string) =>
        `resolver 10.43.0.10 ipv6=off; set $gateway ${name}; proxy_pass http://$gateway:9000;`
      let written = 'proxy_pass http://10.43.193.134:9000;'
      for (const [name, status] of ASKED_BY_NGINX) {
        await editSite(world, written, line(name))
        written = line(name)
        const trace = await get(world, '/api/v1/processes')
        expect({ name, status: trace.response?.status }).toEqual({ name, status })
        if (status === 502)
          expect(exchangeAt(trace, 'nginx')).toMatchObject({ origin: 'self', passes: [{ tries: [] }] })
      }
    },
  },
  {
    name: 'a name server that nobody has does not answer: 502 when resolver_timeout is over',
    holds: async (world) => {
      const lines = 'resolver 127.0.0.11; resolver_timeout 1s; set $gateway api-gateway.flowmaster.svc.cluster.local;'
      await editSite(world, 'proxy_pass http://10.43.193.134:9000;', `${lines} proxy_pass http://$gateway:9000;`)
      const trace = await get(world, '/api/v1/processes')
      expect(trace.response?.status).toBe(502)
      expect(trace.elapsedMs).toBeGreaterThanOrEqual(1_000)
      expect(exchangeAt(trace, 'nginx')).toMatchObject({ origin: 'self', passes: [{ tries: [] }] })
      expect(reasonsAt(trace, 'nginx').join()).toContain('(110: Operation timed out)')
    },
  },
  {
    name: 'the host of nginx does not ask cluster DNS: a file that names a Service, or the name server, is refused',
    holds: async (world) => {
      const full = 'api-gateway.flowmaster.svc.cluster.local'
      for (const [find, name] of [
        ['proxy_pass http://10.43.193.134:9000;', 'proxy_pass http://api-gateway:9000;'],
        ['proxy_pass http://api-gateway:9000;', `proxy_pass http://${full}:9000;`],
        [`proxy_pass http://${full}:9000;`, 'resolver kube-dns.kube-system.svc.cluster.local; return 204;'],
      ] as const) {
        await expect(editSite(world, find, name)).rejects.toThrow(/host not found in (upstream|resolver) "/)
        expect((await get(world, '/api/v1/processes')).response?.status).toBe(200)
      }
    },
  },
  {
    name: 'a host that asks cluster DNS finds what a pod finds, once, when nginx loads its file',
    host: { ...K3S_HOST, dns: 'cluster' },
    holds: async (world) => {
      const names = ['api-gateway', 'Api-Gateway.flowmaster', 'api-gateway.flowmaster.svc.cluster.local']
      let written = '10.43.193.134:9000'
      for (const name of names) {
        await editSite(world, written, `${name}:9000`)
        written = `${name}:9000`
        const trace = await get(world, '/api/v1/processes')
        expect(trace.response?.status).toBe(200)
        expect(triesAt(trace, 'nginx')).toMatchObject([{ to: { service: GATEWAY } }])
      }
      await world.change({ kind: 'recreate', service: GATEWAY, clusterIP: null })
      expect((await get(world, '/api/v1/processes')).response?.status).toBe(504)
      await world.change({ kind: 'reload' })
      expect((await get(world, '/api/v1/processes')).response?.status).toBe(200)
      await expect(editSite(world, written, 'api-gateway.billing:9000')).rejects.toThrow(/host not found in upstream "/)
    },
  },
  {
    name: "localhost is always found: nginx's own host, where no Service listens",
    holds: async (world) => {
      await editSite(world, '10.43.193.134:9000', 'localhost:9000')
      const trace = await get(world, '/api/v1/processes')
      expect(trace.response?.status).toBe(502)
      expect(triesAt(trace, 'nginx').map(({ outcome }) => outcome)).toEqual(['refused', 'refused'])
      expect(hopsOf(trace)).toEqual(['nginx'])
    },
  },
  {
    name: 'the gateway finds names as a pod does: search domains, its own namespace, localhost',
    holds: async (world) => {
      let written = 'scheduling:9008'
      for (const [name, outcome] of ASKED_BY_GATEWAY) {
        const edit = { kind: 'replace', find: written, with: `${name}:9008` } as const
        written = edit.with
        await world.change({ kind: 'edit', file: 'routes.yaml', edit })
        await world.change({ kind: 'restart' })
        const trace = await get(world, '/api/v1/scheduling')
        expect({ name, status: trace.response?.status }).toEqual({ name, status: outcome === 'answered' ? 200 : 502 })
        const service = outcome === 'answered' ? 'scheduling' : null
        expect(triesAt(trace, 'gateway')).toMatchObject([{ outcome, to: { host: name, service } }])
      }
    },
  },
  {
    name: 'faults: a status, a reset, and the nth request alone',
    holds: async (world) => {
      const fault = (change: Extract<WorldChange, { kind: 'fault' }>['fault']) =>
        world.change({ kind: 'fault', fault: change })
      await fault({ service: 'scheduling', fault: { kind: 'status', status: 503 }, nth: 2 })
      const statuses: unknown[] = []
      for (let n = 0; n < 3; n++) statuses.push((await get(world, '/api/v1/scheduling')).response?.status)
      expect(statuses).toEqual([200, 503, 200])
      await fault({ service: 'scheduling', fault: { kind: 'reset' }, nth: null })
      const reset = await get(world, '/api/v1/scheduling')
      expect(reset.response?.status).toBe(502)
      expect(triesAt(reset, 'gateway')).toMatchObject([{ outcome: 'reset' }])
      expect(exchangeAt(reset, 'backend')?.answered).toBeNull()
    },
  },
  {
    name: 'an answer that comes too late is a 504 of the hop that waited for it',
    holds: async (world) => {
      const fault = { kind: 'delay', delayMs: 3_000 } as const
      await world.change({ kind: 'fault', fault: { service: 'frontend-nextjs', fault, nth: null } })
      const trace = await get(world, '/slow')
      expect(trace.response?.status).toBe(504)
      expect(triesAt(trace, 'nginx')).toMatchObject([{ outcome: 'read-timeout' }])
      expect(trace.elapsedMs).toBeGreaterThanOrEqual(2_000)
      expect(trace.elapsedMs).toBeLessThan(3_000)
      expect(exchangeAt(trace, 'backend')).toMatchObject({ service: 'frontend-nextjs', answered: null })
    },
  },
  {
    name: 'a body that nginx announces and does not send is a 504, and the backend has what came of it',
    holds: async (world) => {
      const off = 'location /off/ { proxy_pass_request_body off; proxy_read_timeout 1s; proxy_pass'
      const long = 'location /long/ { proxy_set_header Content-Length 99; proxy_read_timeout 1s; proxy_pass'
      const to = (target: string) => `${off} ${target} } ${long} ${target} } location / {`
      await editSite(world, 'location / {', to('http://10.43.185.219:3000;'))
      for (const [target, body] of [
        ['/off/x', ''],
        ['/long/x', 'all of it'],
      ] as const) {
        const trace = await post(world, target, 'all of it')
        expect(trace.response?.status).toBe(504)
        expect(triesAt(trace, 'nginx')).toMatchObject([{ outcome: 'read-timeout', request: { body } }])
        expect(exchangeAt(trace, 'backend')).toMatchObject({ received: { body }, answered: null })
      }
    },
  },
  {
    name: 'a client that announces more than it sends gets no answer; one that sends more gets one for what it announced',
    holds: async (world) => {
      await editSite(world, 'server {', 'server { client_body_timeout 1s;')
      const short = await post(world, '/api/v1/processes', 'abc', ['Content-Length', '20'])
      expect(short.response).toBeNull()
      expect(exchangeAt(short, 'nginx')).toMatchObject({ passes: [{ matched: '/api/', tries: [] }], answered: null })
      const long = await post(world, '/api/v1/processes', 'abcdef', ['Content-Length', '3'])
      expect(long.response?.status).toBe(200)
      expect(exchangeAt(long, 'backend')).toMatchObject({ received: { body: 'abc' } })
    },
  },
  {
    name: 'a chunked body goes on unchunked, is a 400 where it is none, and is waited for where its end is missing',
    holds: async (world) => {
      await editSite(world, 'server {', 'server { client_body_timeout 1s;')
      const send = (coded: string) => post(world, '/api/v1/processes', coded, ['Transfer-Encoding', 'chunked'])
      const whole = await send('3\r\nabc\r\n0\r\n\r\n')
      expect(whole.response?.status).toBe(200)
      expect(exchangeAt(whole, 'backend')).toMatchObject({ received: { body: 'abc' } })
      expect((await send('it is no chunk')).response?.status).toBe(400)
      expect((await send('3\r\nabc\r\n')).response).toBeNull()
    },
  },
  {
    name: 'a body that the gateway waits for ends with nginx, which announced it',
    holds: async (world) => {
      await editSite(world, 'location /api/ {', 'location /api/ { proxy_pass_request_body off;')
      const trace = await post(world, '/api/v1/processes', 'abc')
      expect(trace.response?.status).toBe(504)
      expect(triesAt(trace, 'nginx')).toMatchObject([{ outcome: 'read-timeout', request: { body: '' } }])
      expect(exchangeAt(trace, 'gateway')).toMatchObject({ received: { body: '' }, answered: null })
    },
  },
  {
    name: 'nginx, which announced more than it sends, is a client that left to the gateway',
    holds: async (world) => {
      await editSite(world, 'location /api/ {', 'location /api/ { proxy_set_header Content-Length 20;')
      const trace = await post(world, '/api/v1/processes', 'abc')
      expect(trace.response?.status).toBe(504)
      expect(triesAt(trace, 'gateway')).toMatchObject([{ outcome: 'abandoned', request: { body: 'abc' } }])
    },
  },
  {
    name: 'a ConfigMap edit counts from the restart on',
    holds: async (world) => {
      const edit = { kind: 'replace', find: '/v1/scheduling/*', with: '/v1/timetable/*' } as const
      await world.change({ kind: 'edit', file: 'routes.yaml', edit })
      expect((await get(world, '/api/v1/scheduling')).response?.status).toBe(200)
      expect((await get(world, '/api/v1/timetable')).response?.status).toBe(404)
      await world.change({ kind: 'restart' })
      expect((await get(world, '/api/v1/scheduling')).response?.status).toBe(404)
      expect((await get(world, '/api/v1/timetable')).response?.status).toBe(200)
    },
  },
  {
    name: 'the line of routes.yaml that the trace quotes is the one that the gateway runs with',
    holds: async (world) => {
      const edit = { kind: 'replace', find: '/api/v1/schedules/$1', with: '/api/v2/schedules/$1' } as const
      const quoted = async () => passAt(await get(world, '/api/v1/scheduling/7'), 'gateway')?.decidedBy.target?.text
      await world.change({ kind: 'edit', file: 'routes.yaml', edit })
      expect(await quoted()).toContain('rewrite: /api/v1/schedules/$1')
      await world.change({ kind: 'restart' })
      expect(await quoted()).toContain('rewrite: /api/v2/schedules/$1')
    },
  },
  {
    name: 'an edit of the site file counts from the reload on; one that nginx refuses leaves the old one in force',
    holds: async (world) => {
      const edit = { kind: 'replace', find: 'location /api/ {', with: 'location /v9/ {' } as const
      await world.change({ kind: 'edit', file: 'site', edit })
      expect(passAt(await get(world, '/api/v1/processes'), 'nginx')?.matched).toBe('/api/')
      await world.change({ kind: 'reload' })
      expect(passAt(await get(world, '/api/v1/processes'), 'nginx')?.matched).toBe('/')
      await world.change({ kind: 'edit', file: 'site', edit: { kind: 'whole', text: 'server { listen 80;' } })
      await expect(world.change({ kind: 'reload' })).rejects.toMatchObject({ name: 'RefusedConfigError', hop: 'nginx' })
      expect((await get(world, '/')).response?.status).toBe(200)
    },
  },
  {
    name: 'a WebSocket opens through nginx and its messages come back',
    holds: async (world) => {
      const { trace, messages } = await world.websocket({ ...GET, target: '/ws/events?x=1' }, ['one', 'two'])
      expect(trace.response?.status).toBe(101)
      expect(messages).toEqual(['one', 'two'])
      expect(hopsOf(trace)).toEqual(['nginx', 'backend'])
      expect(exchangeAt(trace, 'backend')).toMatchObject({ service: 'websocket-gateway' })
      expect(exchangeAt(trace, 'backend')?.received.target).toBe('/ws/events?x=1')
      expect(headerValue(trace.request.headers, 'sec-websocket-version')).toBe('13')
    },
  },
  {
    name: 'a WebSocket that its backend does not open: an error, a reset, a handshake that is none, silence',
    holds: async (world) => {
      await editSite(world, 'proxy_read_timeout 3600s;', 'proxy_read_timeout 1s;')
      const fault = (kind: Extract<WorldChange, { kind: 'fault' }>['fault']['fault']) =>
        world.change({ kind: 'fault', fault: { service: 'websocket-gateway', fault: kind, nth: null } })
      const open = () => world.websocket({ ...GET, target: '/ws/events' }, ['one'])
      await fault({ kind: 'status', status: 503 })
      const refused = await open()
      expect(refused).toMatchObject({ trace: { response: { status: 503 } }, messages: [] })
      expect(refused.trace.response?.body).toBe('{"detail":"fault: 503"}')
      expect(exchangeAt(refused.trace, 'backend')?.answered?.body).toEqual(refused.trace.response?.body)
      await fault({ kind: 'reset' })
      expect((await open()).trace.response?.status).toBe(502)
      await fault({ kind: 'drop' })
      const silent = await open()
      expect(silent).toMatchObject({ trace: { response: { status: 504 } }, messages: [] })
      expect(triesAt(silent.trace, 'nginx')).toMatchObject([{ outcome: 'read-timeout' }])
      expect(exchangeAt(silent.trace, 'backend')).toMatchObject({ service: 'websocket-gateway', answered: null })
      await fault({ kind: 'delay', delayMs: 0 })
      await editSite(world, 'proxy_read_timeout 1s;', 'proxy_set_header Sec-WebSocket-Version 7;')
      const { trace } = await open()
      expect(trace.response?.status).toBe(400)
      expect(exchangeAt(trace, 'backend')?.answered?.status).toBe(400)
    },
  },
  {
    name: 'a 101 that opens no WebSocket is an answer like any other',
    holds: async (world) => {
      await editSite(world, 'proxy_pass http://10.43.43.253:9010;', 'return 101;')
      const { trace, messages } = await world.websocket({ ...GET, target: '/ws/events' }, ['one'])
      expect(trace.response?.status).toBe(101)
      expect(messages).toEqual([])
      expect(hopsOf(trace)).toEqual(['nginx'])
    },
  },
]

/** Names in a variable beside `resolver`, and the status that comes of them. */
const ASKED_BY_NGINX = [
  ['api-gateway', 502],
  ['api-gateway.flowmaster', 502],
  ['api-gateway.flowmaster.svc', 502],
  ['api-gateway.billing.svc.cluster.local', 502],
  ['localhost', 502],
  ['api-gateway.flowmaster.svc.cluster.local', 200],
  ['API-Gateway.flowmaster.svc.cluster.local.', 200],
] as const

/** Targets of a route, and what becomes of the connection. */
const ASKED_BY_GATEWAY = [
  ['scheduling.flowmaster', 'answered'],
  ['scheduling.flowmaster.svc', 'answered'],
  ['scheduling.flowmaster.svc.cluster.local', 'answered'],
  ['scheduling.billing', 'unresolved'],
  ['scheduling.billing.svc.cluster.local', 'unresolved'],
  ['localhost', 'refused'],
] as const

/**
 * Registers the contract's table for an environment. Each case gets a chain of its own, FlowMaster's with short timeouts.
 * @param sideBySide whether several worlds of the environment may stand at a time
 */
export function describeContract(environment: Environment, sideBySide: boolean): void {
  describe(`the environment "${environment.name}"`, { concurrent: sideBySide }, () => {
    for (const { name, services = [], host, holds } of CASES) {
      test(name, async () => {
        const chain = contractChain(services)
        await using world = await environment.start({ ...chain, host: host ?? chain.host }, { seed: 7 })
        await holds(world)
      })
    }
  })
}

/** Real environments really wait: a second to connect and two for an answer are enough to tell one from the other. */
function contractChain(changes: NonNullable<ContractCase['services']>): Chain {
  const dir = path.join(import.meta.dirname, '../../scenarios/chains/flowmaster')
  const { chain } = loadChain(dir, dir)
  if (chain === null) throw new Error(`Failed to load the chain in "${dir}".`)
  const impatient = chain.site.text.replaceAll(
    'proxy_connect_timeout 5s;',
    'proxy_connect_timeout 1s; proxy_read_timeout 2s;',
  )
  const site = new Source(chain.site.file, impatient.replace('proxy_read_timeout 60s;', ''))
  const services = chain.services.map((one) => ({ ...one, ...changes.find(({ name }) => name === one.name) }))
  return { ...chain, site, services }
}

const GET: ClientRequest = {
  via: 'nginx',
  listener: PORT_80,
  from: null,
  method: 'GET',
  target: '/',
  httpVersion: '1.1',
  headers: [],
  body: '',
}

function get(world: World, target: string): Promise<Trace> {
  return world.request({ ...GET, target })
}

function post(world: World, target: string, body: string, framing?: Header): Promise<Trace> {
  return world.request({ ...GET, method: 'POST', target, body, headers: framing === undefined ? [] : [framing] })
}

async function editSite(world: World, find: string, replacement: string): Promise<void> {
  await world.change({ kind: 'edit', file: 'site', edit: { kind: 'replace', find, with: replacement } })
  await world.change({ kind: 'reload' })
}

function hopsOf(trace: Trace): HopName[] {
  return trace.exchanges.map(({ hop }) => hop)
}

function sentBy(trace: Trace, hop: HopName): string | undefined {
  return triesAt(trace, hop).at(-1)?.request.target
}
