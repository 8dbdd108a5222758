import { expect, test } from 'vitest'
import type { ClientRequest } from '../../chain/client-request.ts'
import { exchangeAt } from '../../trace/reading.ts'
import { nearMissText, reasonText } from '../../trace/reason-text.ts'
import type { Trace } from '../../trace/trace.ts'
import { flowmaster, get } from '../fixtures/flowmaster.ts'
import { simulated } from './simulated.ts'

/** Reasons say what was so when nginx decided, whatever a later pass makes of method, URI and arguments. */

const SORRY = 'location = /sorry { return 200 "sorry: $request_method $uri"; }'
const GATEWAY = 'proxy_pass http://10.43.193.134:9000'

test('a method that limit_except turns away is the one of the client, although the error page answers a GET', async () => {
  const limited = `location /api/ { limit_except GET { deny all; } error_page 403 = /sorry; ${GATEWAY}; }`
  const trace = await traceOf(limited, { ...get('/api/x'), method: 'POST' })
  expect(trace.response).toMatchObject({ status: 200, body: 'sorry: GET /sorry' })
  const [first = [], second = []] = reasonsOf(trace)
  expect(first).toContain('POST is none of the methods of limit_except GET: its block applies in /api/')
  expect(first.slice(-2)).toEqual(['403 is answered by error_page 403 = /sorry', 'internal redirect to /sorry'])
  expect(second).toEqual(['"= /sorry" is exactly the URI', 'return 200 "sorry: $request_method $uri"'])
})

test.each([
  ['rewrite ^/api/(.*)$ /api/$1 break', '/api/nowhere', '/api/nowhere'],
  ['rewrite ^/api/(.*)$ /api/v9/$1 break', '/api/nowhere', '/api/v9/nowhere'],
])('"%s" is explained by the URI that it made, not by that of the error page', async (rewrite, target, uri) => {
  const caught = `${rewrite}; ${GATEWAY}; proxy_intercept_errors on; error_page 404 = /sorry;`
  const trace = await traceOf(`location /api/ { ${caught} }`, get(target))
  expect(trace.response).toMatchObject({ status: 200, body: 'sorry: GET /sorry' })
  const [first = [], second = []] = reasonsOf(trace)
  const pattern = '^/api/(.*)$'
  expect(first).toContain(`"${pattern}" matches ${target}: it becomes ${uri}`)
  expect(first).toContain(`proxy_pass has no URI part: the rewritten URI ${uri} goes on`)
  expect(first.join()).not.toContain('rewritten URI /sorry')
  expect(second.join()).not.toContain(uri)
})

test('arguments that a rewrite replaces are those of its pass', async () => {
  const moved = `location /api/ { set $args a=1; rewrite ^ /v2/ last; } location /v2/ { set $args b=2; ${GATEWAY}; }`
  const [first = [], second = []] = reasonsOf(await traceOf(moved, get('/api/x?c=3')))
  expect(first.filter((text) => text.startsWith('the arguments'))).toEqual(['the arguments become "a=1"'])
  expect(second.filter((text) => text.startsWith('the arguments'))).toEqual(['the arguments become "b=2"'])
})

test('near misses compare with the URI of their pass', async () => {
  const sites = 'location = /a { rewrite ^ /b/ last; } location = /b { return 204; } location /b/ { return 204; }'
  const { passes = [] } = exchangeAt(await traceOf(sites, get('/a')), 'nginx') ?? {}
  const told = passes.map(({ matched, nearMisses }) => [
    matched,
    nearMisses.map(({ because }) => nearMissText(because)),
  ])
  expect(told).toEqual([
    ['= /a', []],
    ['/b/', ['`= /b` needs the URI to be exactly /b, and it is /b/']],
  ])
})

async function traceOf(locations: string, request: ClientRequest): Promise<Trace> {
  const site = `server { listen 80 default_server; ${SORRY} ${locations} }`
  await using world = await simulated.start(
    flowmaster(() => site),
    { seed: 7 },
  )
  return await world.request(request)
}

/** The sentences of each of nginx's passes. */
function reasonsOf(trace: Trace): string[][] {
  return exchangeAt(trace, 'nginx')?.passes.map(({ reasons }) => reasons.map(reasonText)) ?? []
}
