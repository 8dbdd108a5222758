import { expect, test } from 'vitest'
import { flowmaster, get } from '../environments/fixtures/flowmaster.ts'
import { simulated } from '../environments/simulated/simulated.ts'
import { frozen } from './frozen.ts'

/** A retry in the first pass, an `error_page` after it, and a gateway in the second. */
const SITE = `
upstream both { server 10.43.185.219:3000; server 10.43.43.253:9010; }
server {
  listen 80 default_server;
  location / { proxy_pass http://both; proxy_intercept_errors on; error_page 503 = @gateway; proxy_set_header A a; }
  location @gateway { rewrite ^ /api/v1/scheduling/jobs break; proxy_pass http://10.43.193.134:9000; }
}
`

test('a trace is plain data that nobody can change, and JSON keeps it whole', async () => {
  await using world = await simulated.start(
    flowmaster(() => SITE),
    { seed: 7 },
  )
  await world.change({ kind: 'fault', fault: { service: 'frontend-nextjs', fault: { kind: 'reset' }, nth: null } })
  const down = { kind: 'status', status: 503 } as const
  await world.change({ kind: 'fault', fault: { service: 'websocket-gateway', fault: down, nth: null } })
  const body = '\xff\xfe\x00 no UTF-8 \u0080'
  const trace = await world.request({ ...get('/x?y'), method: 'PUT', body })

  expect(trace.exchanges).toMatchObject([
    {
      hop: 'nginx',
      received: { body },
      passes: [
        { matched: '/', tries: [{ outcome: 'reset', request: { body } }, { response: { status: 503 } }] },
        { matched: '@gateway', ledBy: { text: 'error_page 503 = @gateway' }, tries: [{ outcome: 'answered' }] },
      ],
    },
    { service: 'frontend-nextjs', received: { body }, reachedBy: { exchange: 0, pass: 0, try: 0 } },
    { service: 'websocket-gateway', received: { body }, reachedBy: { exchange: 0, pass: 0, try: 1 } },
    { hop: 'gateway', reachedBy: { exchange: 0, pass: 1, try: 0 } },
    { service: 'scheduling', received: { body }, reachedBy: { exchange: 3, pass: 0, try: 0 } },
  ])
  expect(placesThatCanChange(trace)).toEqual([])
  expect(JSON.parse(JSON.stringify(trace))).toStrictEqual(trace)
})

test('freezing reaches the last leaf, and returns the data itself', () => {
  const data = { list: [{ leaf: { value: 1 } }], none: null, text: 'x' }
  expect(frozen(data)).toBe(data)
  expect(placesThatCanChange(data)).toEqual([])
  expect(placesThatCanChange({ list: [{}] })).toEqual(['', '.list', '.list.0'])
})

/** The paths of objects and lists that are not frozen. */
function placesThatCanChange(data: unknown, path = ''): string[] {
  if (typeof data !== 'object' || data === null) return []
  const below = Object.entries(data).flatMap(([key, value]) => placesThatCanChange(value, `${path}.${key}`))
  return Object.isFrozen(data) ? below : [path, ...below]
}
