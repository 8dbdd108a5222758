import { expect, test } from 'vitest'
import type { ClientRequest } from '../chain/client-request.ts'
import type { WorldChange } from '../chain/world-change.ts'
import { flowmaster, get } from '../environments/fixtures/flowmaster.ts'
import { simulated } from '../environments/simulated/simulated.ts'
import { renderRoad } from './road.ts'

const PROCESS = get('/api/v1/process-design/42')

/** The road of a request, where the site has more lines in its server, after a change of the world. */
async function road(request: ClientRequest, lines = '', change: WorldChange | null = null): Promise<string> {
  const chain = flowmaster((site) => site.replace('client_max_body_size 10m;', lines))
  await using world = await simulated.start(chain, { seed: 1 })
  if (change !== null) await world.change(change)
  return renderRoad(await world.request(request))
}

test('the hops that the answer came by, and why one of them made it', async () => {
  expect(await road(PROCESS)).toBe(
    'GET /api/v1/process-design/42 → nginx location /api/ → gateway route /v1/process-design/* → backend process-design 200, 0 ms',
  )
  expect(await road(PROCESS, '', { kind: 'stop', service: 'process-design' })).toBe(
    'GET /api/v1/process-design/42 → nginx location /api/ → gateway route /v1/process-design/* (connection refused: nothing listens there) 502, 0 ms',
  )
  expect(await road(get('/x'), 'return 444;')).toBe('GET /x → nginx no location no answer, 0 ms')
  expect(await road({ ...PROCESS, via: 'gateway' })).toMatch(/42 → gateway route /)
})

test('every pass of a request, and no subrequest', async () => {
  const lines =
    'location /new { mirror /m; proxy_pass http://10.43.185.219:3000; } location /m { internal; proxy_pass http://10.43.193.134:9000; }'
  expect(await road(get('/new'), lines)).toBe('GET /new → nginx location /new → backend frontend-nextjs 200, 0 ms')
  expect(await road(get('/a'), 'rewrite ^/a$ /new; error_page 403 /b; location /new { deny all; }')).toBe(
    'GET /a → nginx location /new, then location / → backend frontend-nextjs 403, 0 ms',
  )
})

test('a line is short, and has no secrets', async () => {
  const cookie = ['Cookie', 'sid=nobody-knows'] as const
  const target = `/api/v1/process-design?token=nobody-knew-1&x=${'y'.repeat(300)}`
  const line = await road({ ...get(target), headers: [cookie] })
  expect(line).toMatch(/^GET \/api\/v1\/process-design\?token=\*\*\*&x=y{90,200}… → nginx /)
  expect(await road({ ...get('/nobody-knows'), headers: [cookie] })).toMatch(/^GET \/\*\*\* → /)
  // One that is cut off is masked before it is.
  const long = 'nobody-knows'.repeat(30)
  expect(await road({ ...get(`/${long}`), headers: [['Cookie', `sid=${long}`]] })).not.toContain('nobody')
})
