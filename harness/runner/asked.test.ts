import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { simulated } from '../environments/simulated/simulated.ts'
import { parseScenario } from '../scenario/load-scenario.ts'
import { runScenario } from './run-scenario.ts'

const SCENARIOS = path.join(import.meta.dirname, '../../scenarios')

/** FlowMaster's chain behind a site in which a request may take several passes. */
const SITE = `
upstream both { server 10.43.185.219:3000; server 10.43.43.253:9010; }
server {
  listen 80 default_server;
  location /api/ {
    proxy_pass http://10.43.193.134:9000;
    proxy_intercept_errors on;
    error_page 503 = /spare;
  }
  location = /spare { internal; proxy_pass http://10.43.185.219:3000/spare.html; }
  location /twice/ {
    rewrite ^/twice/(.*)$ /api/$1 break;
    proxy_pass http://10.43.193.134:9000;
    proxy_intercept_errors on;
    error_page 503 = @again;
  }
  location @again { rewrite ^ /api/v1/scheduling/jobs break; proxy_pass http://10.43.193.134:9000; }
  location /frontend-first/ {
    proxy_pass http://10.43.185.219:3000;
    proxy_intercept_errors on;
    error_page 503 = @again;
  }
  location /moved/ { rewrite ^/moved/(.*)$ /api/$1 last; }
  location /closed/ { deny all; error_page 403 = /sorry; }
  location = /sorry { return 200 sorry; }
  location /both/ { proxy_pass http://both; }
  location /guarded/ { auth_request /asked; error_page 403 = @again; proxy_pass http://10.43.193.134:9000/api/; }
  location = /asked { internal; proxy_pass http://10.43.185.219:3000; error_page 503 = @forbidden; proxy_intercept_errors on; }
  location @forbidden { return 403; }
}
`

/** What is broken while a request is on its way. */
const BROKEN = {
  'process-design': '{service: process-design, status: 503}',
  'frontend-nextjs': '{service: frontend-nextjs, status: 503}',
  reset: '{service: frontend-nextjs, reset: true}',
} as const

interface AskedCase {
  readonly why: string
  readonly target: string
  readonly broken?: keyof typeof BROKEN
  readonly expect: string
  /** The checks that fail, with what was seen; none where this is left out. */
  readonly fails?: readonly (readonly [what: string, actual: string])[]
}

const CASES: readonly AskedCase[] = [
  // One pass
  {
    why: 'where there is one pass, it is meant',
    target: '/api/v1/processes',
    expect: '{nginx: {location: /api/}, gateway: {route: /v1/process-design/*}, backend: {service: process-design}}',
  },
  {
    why: 'where no pass asked anybody, the first is meant',
    target: '/closed/x',
    expect: '{status: 200, nginx: {location: /closed/}, gateway: unreached, backend: unreached}',
  },
  {
    why: 'a pass that only led on is not meant, but the first that sent the request on',
    target: '/moved/v1/processes',
    expect: '{nginx: {location: /api/, sends: /api/v1/processes, to: api-gateway}}',
  },

  // A spare page behind the gateway
  {
    why: 'of two passes that sent it on, the first is meant',
    target: '/api/v1/processes',
    broken: 'process-design',
    expect: '{status: 200, nginx: {location: /api/, to: api-gateway}}',
  },
  {
    why: 'a backend that the step names is the one that is meant, and so is the pass that led to it',
    target: '/api/v1/processes',
    broken: 'process-design',
    expect:
      '{nginx: {location: = /spare, sends: /spare.html}, backend: {service: frontend-nextjs, receives: /spare.html, status: 200}}',
  },
  {
    why: 'the other backend, named in the same request',
    target: '/api/v1/processes',
    broken: 'process-design',
    expect:
      '{nginx: {location: /api/, to: api-gateway}, gateway: {status: 503}, backend: {service: process-design, status: 503}}',
  },
  {
    why: 'a backend without a name is the first that was reached',
    target: '/api/v1/processes',
    broken: 'process-design',
    expect: '{nginx: {location: /api/}, backend: {receives: /api/v1/processes, status: 503}}',
  },
  {
    why: 'a gateway that must not be reached was, in whichever pass',
    target: '/api/v1/processes',
    broken: 'process-design',
    expect: '{gateway: unreached}',
    fails: [['gateway', 'reached']],
  },
  {
    why: 'a backend that no pass reached is told as the first one',
    target: '/api/v1/processes',
    broken: 'process-design',
    expect: '{backend: {service: scheduling}}',
    fails: [['backend.service', 'process-design']],
  },

  // Twice through the gateway
  {
    why: 'the gateway is the one that led to the backend that the step names',
    target: '/twice/v1/processes',
    broken: 'process-design',
    expect:
      '{nginx: {location: "@again"}, gateway: {route: /v1/scheduling/*, receives: /api/v1/scheduling/jobs}, backend: {service: scheduling}}',
  },
  {
    why: 'the other one, named in the same request',
    target: '/twice/v1/processes',
    broken: 'process-design',
    expect:
      '{nginx: {location: /twice/}, gateway: {route: /v1/process-design/*, receives: /api/v1/processes}, backend: {service: process-design}}',
  },
  {
    why: 'a gateway of which nothing else is known is the first that was reached',
    target: '/twice/v1/processes',
    broken: 'process-design',
    expect: '{nginx: {location: /twice/}, gateway: {route: /v1/process-design/*, status: 503}}',
  },

  // A backend without the gateway first
  {
    why: 'where the step expects the gateway, the backend is one behind it',
    target: '/frontend-first/x',
    broken: 'frontend-nextjs',
    expect: '{nginx: {location: "@again"}, gateway: {status: 200}, backend: {receives: /api/v1/schedules/jobs}}',
  },
  {
    why: 'where it does not, it is the first that was reached',
    target: '/frontend-first/x',
    broken: 'frontend-nextjs',
    expect: '{nginx: {location: /frontend-first/}, backend: {receives: /frontend-first/x}}',
  },

  // Tries
  {
    why: 'of several tries of one pass the last is meant',
    target: '/both/x',
    broken: 'reset',
    expect: '{nginx: {to: websocket-gateway}, backend: {receives: /both/x, service: websocket-gateway, status: 426}}',
  },
  {
    why: 'of several tries the last is meant, also where the step names no Service',
    target: '/both/x',
    broken: 'reset',
    expect: '{backend: {status: 426}}',
  },
  {
    why: 'an earlier try is meant where the step names its Service',
    target: '/both/x',
    broken: 'reset',
    expect: '{backend: {service: frontend-nextjs, status: 426}}',
    fails: [['backend.status', 'no answer: the connection was closed']],
  },

  // pass
  {
    why: 'pass: 1 is the first, also where it asked nobody',
    target: '/moved/v1/processes',
    expect: '{nginx: {pass: 1, location: /moved/}}',
  },
  {
    why: 'a pass that asked nobody sends nothing',
    target: '/moved/v1/processes',
    expect: '{nginx: {pass: 1, sends: /api/v1/processes, to: api-gateway}}',
    fails: [
      ['nginx.sends', 'nothing'],
      ['nginx.to', 'nobody'],
    ],
  },
  {
    why: 'pass: 2 is the second',
    target: '/closed/x',
    expect: '{nginx: {pass: 2, location: = /sorry}}',
  },
  {
    why: 'pass: last is the one that made the answer',
    target: '/api/v1/processes',
    broken: 'process-design',
    expect: '{nginx: {pass: last, location: = /spare, to: frontend-nextjs}}',
  },
  {
    why: 'pass: last, where there is one',
    target: '/api/v1/processes',
    expect: '{nginx: {pass: last, location: /api/}}',
  },
  {
    why: 'pass: 1 says so although the step names a backend of the second',
    target: '/api/v1/processes',
    broken: 'process-design',
    expect: '{nginx: {pass: 1, location: /api/}}',
  },
  {
    why: 'gateway and backend of a pass are those that it reached',
    target: '/twice/v1/processes',
    broken: 'process-design',
    expect:
      '{nginx: {pass: 2, location: "@again"}, gateway: {route: /v1/scheduling/*}, backend: {service: scheduling}}',
  },
  {
    why: 'a pass past the gateway did not reach it',
    target: '/api/v1/processes',
    broken: 'process-design',
    expect: '{nginx: {pass: 2}, gateway: unreached, backend: {service: frontend-nextjs}}',
  },
  // Subrequests
  {
    why: 'what a subrequest reaches is no hop of the request itself',
    target: '/guarded/v1/processes',
    expect:
      '{nginx: {location: /guarded/}, gateway: {route: /v1/process-design/*}, backend: {service: process-design}, subrequests: [{nginx: {location: = /asked, tries: 1}, gateway: unreached, backend: {service: frontend-nextjs, receives: /asked}}]}',
  },
  {
    why: 'a Service that only a subrequest reached is not reached by the request',
    target: '/guarded/v1/processes',
    expect: '{backend: {service: frontend-nextjs}, subrequests: [{}]}',
    fails: [['backend.service', 'process-design']],
  },
  {
    why: 'passes are counted request by request',
    target: '/guarded/v1/processes',
    broken: 'frontend-nextjs',
    expect:
      '{nginx: {pass: 2, location: "@again"}, backend: {service: scheduling}, subrequests: [{nginx: {pass: last, location: "@forbidden", tries: 0}}]}',
  },
  {
    why: 'a pass of a subrequest that there is not',
    target: '/guarded/v1/processes',
    expect: '{subrequests: [{nginx: {pass: 2}}]}',
    fails: [['nginx.pass', '1 pass']],
  },
  {
    why: 'one subrequest for each entry',
    target: '/guarded/v1/processes',
    expect: '{status: 200, subrequests: []}',
    fails: [['subrequests', '1']],
  },
  {
    why: 'an entry for each subrequest',
    target: '/api/v1/processes',
    expect: '{subrequests: [{nginx: {location: = /asked}}]}',
    fails: [['subrequests', '0']],
  },
  {
    why: 'a backend that the subrequest must not reach',
    target: '/guarded/v1/processes',
    expect: '{backend: {service: process-design}, subrequests: [{backend: unreached}]}',
    fails: [['backend', 'reached']],
  },
  {
    why: 'a pass that there is not has no location',
    target: '/api/v1/processes',
    expect: '{nginx: {pass: 3, location: /api/}}',
    fails: [
      ['nginx.pass', '1 pass'],
      ['nginx.location', 'no location'],
    ],
  },
]

describe('which pass, gateway and backend an expectation is about', () => {
  test.each(CASES)('$why', async ({ target, broken, expect: expectation, fails = [] }) => {
    const result = await runScenario(scenarioOf(target, broken, expectation), simulated, { seed: 7 })
    const checks = result.runs.flatMap(({ steps }) => steps.flatMap((step) => step.checks))
    const failed = checks.flatMap((check) => (check.passed ? [] : [[check.what, check.actual]]))
    expect(failed).toEqual(fails)
    expect(result.verdict).toBe(fails.length === 0 ? 'pass' : 'fail')
    expect(checks).not.toEqual([])
  })

  test.each(['{nginx: {pass: 3, receives: /api/v1/processes}}', '{nginx: {pass: 3}, gateway: unreached}'])(
    'a pass that there is not is a failure, whatever else is expected: %s',
    async (expectation) => {
      const scenario = scenarioOf('/api/v1/processes', undefined, expectation)
      expect((await runScenario(scenario, simulated, { seed: 7 })).verdict).toBe('fail')
    },
  )
})

function scenarioOf(target: string, broken: keyof typeof BROKEN | undefined, expectation: string) {
  const text = `scenario: Which pass is meant
chain:
  from: chains/flowmaster
  site:
    text: |
${SITE.replace(/^/gm, '      ')}
steps:
${broken === undefined ? '' : `  - fault: ${BROKEN[broken]}\n`}  - request: GET ${target}
    expect: ${expectation}
`
  const source = new Source(path.join(SCENARIOS, 'which-pass.yaml'), text)
  const { scenario, diagnostics } = parseScenario(source, { root: SCENARIOS })
  if (scenario === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return scenario
}
