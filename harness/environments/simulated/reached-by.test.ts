import { expect, test } from 'vitest'
import type { Fault } from '../../chain/world-change.ts'
import type { Trace } from '../../trace/trace.ts'
import { flowmaster, get } from '../fixtures/flowmaster.ts'
import { simulated } from './simulated.ts'

const GATEWAY = 'proxy_pass http://10.43.193.134:9000; proxy_read_timeout 1s; proxy_intercept_errors on;'
const FRONTEND = 'proxy_pass http://10.43.185.219:3000; proxy_read_timeout 1s; proxy_intercept_errors on;'
const AGAIN = `location @again { rewrite ^ /api/v1/scheduling/jobs break; ${GATEWAY} }`

interface ReachedCase {
  readonly name: string
  readonly locations: string
  readonly fault?: Fault
  /** Service, target, status of every hop behind nginx. */
  readonly reached: readonly (readonly [string, string, number | null])[]
}

const JOBS = [
  ['api-gateway', '/api/v1/scheduling/jobs', 200],
  ['scheduling', '/api/v1/schedules/jobs', 200],
] as const

const CASES: readonly ReachedCase[] = [
  {
    name: 'an answer of the gateway that nginx does not pass on, then the gateway again',
    locations: `location /api/ { ${GATEWAY} error_page 502 = @again; } ${AGAIN}`,
    fault: { service: 'process-design', fault: { kind: 'reset' }, nth: null },
    reached: [['api-gateway', '/api/v1/processes', 502], ['process-design', '/api/v1/processes', null], ...JOBS],
  },
  {
    name: 'a gateway that nginx did not wait for, then the gateway again',
    locations: `location /api/ { ${GATEWAY} error_page 504 = @again; } ${AGAIN}`,
    fault: { service: 'process-design', fault: { kind: 'drop' }, nth: null },
    reached: [['api-gateway', '/api/v1/processes', null], ['process-design', '/api/v1/processes', null], ...JOBS],
  },
  {
    name: 'a gateway that gets no HTTP, then the gateway again',
    locations: `location /api/ { proxy_set_header "Bad Name" x; ${GATEWAY} error_page 400 = @again; } ${AGAIN}`,
    reached: [['api-gateway', '/api/v1/processes', 400], ...JOBS],
  },
  {
    name: 'one Service twice, with one target',
    locations: `location / { ${FRONTEND} error_page 504 = @frontend; } location @frontend { ${FRONTEND} }`,
    fault: { service: 'frontend-nextjs', fault: { kind: 'drop' }, nth: 1 },
    reached: [
      ['frontend-nextjs', '/api/v1/processes', null],
      ['frontend-nextjs', '/api/v1/processes', 200],
    ],
  },
]

test.each(CASES)('every hop that was reached, and the try that led to it: $name', async (one) => {
  await using world = await simulated.start(
    flowmaster(() => `server { listen 80 default_server; ${one.locations} }`),
    { seed: 7 },
  )
  if (one.fault !== undefined) await world.change({ kind: 'fault', fault: one.fault })
  const trace = await world.request(get('/api/v1/processes'))
  const behind = trace.exchanges.slice(1)
  expect(behind.map(({ service, received, answered }) => [service, received.target, answered?.status ?? null])).toEqual(
    one.reached,
  )
  expect(triesThatLed(trace)).toEqual(behind.map(({ service, received }) => [service, received.target]))
})

/** What the tries that led to the hops behind nginx sent, and to which Service. */
function triesThatLed(trace: Trace) {
  return trace.exchanges.slice(1).map(({ reachedBy }) => {
    if (reachedBy === null) return null
    const one = trace.exchanges[reachedBy.exchange]?.passes[reachedBy.pass]?.tries[reachedBy.try]
    return one === undefined ? 'a try that there is not' : [one.to.service, one.request.target]
  })
}
