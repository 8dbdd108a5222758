import { expect, test } from 'vitest'
import { matchRoute, nearMisses } from './match-route.ts'
import { rewritePath } from './rewrite-path.ts'
import { buildRouteTable } from './route-table.ts'
import { route } from './testing/routes.ts'

const SEED = buildRouteTable([
  route('/v1/process-design/*', '/api/v1/processes/$1', 'process-design:9003'),
  route('/v1/execution/*', '/api/v1/execution/$1', 'execution-engine:9005'),
  route('/v1/scheduling/*', '/api/v1/schedules/$1', 'scheduling:9008'),
])

function sends(table: typeof SEED, path: string): string | null {
  const match = matchRoute(table, path)
  if (match === null) return null
  return match.carriedBy === 'rewritten form' ? path : rewritePath(match.compiled.rewrite, match.captures)
}

test.each([
  ['/api/v1/processes', '/v1/process-design/*', 'rewritten form', '/api/v1/processes'],
  ['/api/v1/processes/7/steps', '/v1/process-design/*', 'rewritten form', '/api/v1/processes/7/steps'],
  ['/api/v1/process-design/7', '/v1/process-design/*', 'path', '/api/v1/processes/7'],
  ['/v1/process-design/7', '/v1/process-design/*', 'path', '/api/v1/processes/7'],
  ['/v1/process-design', '/v1/process-design/*', 'path', '/api/v1/processes'],
  ['/v1/process-design/', '/v1/process-design/*', 'path', '/api/v1/processes'],
  ['/api/v1/execution/runs/1', '/v1/execution/*', 'path', '/api/v1/execution/runs/1'],
  ['/api/v1/scheduling/x', '/v1/scheduling/*', 'path', '/api/v1/schedules/x'],
  ['/v1/sched%75ling/a%2Fb%20c', '/v1/scheduling/*', 'path', '/api/v1/schedules/a%2Fb%20c'],
  ['/v1/scheduling//a', '/v1/scheduling/*', 'path', '/api/v1/schedules//a'],
])('%s belongs to %s by its %s and is sent as %s', (path, routePath, carriedBy, sent) => {
  expect(matchRoute(SEED, path)).toMatchObject({ route: { path: routePath }, carriedBy })
  expect(sends(SEED, path)).toBe(sent)
})

test.each([
  '/v1/processes',
  '/',
  '/api',
  '/v1',
  '/v1/schedulings/x',
  '/V1/scheduling/x',
  '//v1/scheduling/x',
  '/api/api/v1/scheduling',
])('%s belongs to no route', (path) => expect(matchRoute(SEED, path)).toBeNull())

test('most literal segments win, then the first in the file', () => {
  const table = buildRouteTable([
    route('/v1/*', '/rest'),
    route('/v1/{service}/health', '/any'),
    route('/v1/billing/*', '/billing'),
    route('/v1/{a}/{b}', '/two'),
    route('/v1/billing', '/exact'),
  ])
  expect(matchRoute(table, '/v1/billing/health')?.route.rewrite).toBe('/any')
  expect(matchRoute(table, '/v1/billing/x')?.route.rewrite).toBe('/billing')
  expect(matchRoute(table, '/v1/x/y')?.route.rewrite).toBe('/rest')
  expect(matchRoute(table, '/v1/billing')?.route.rewrite).toBe('/billing')
})

test('captures are numbered in order, and named ones and the rest are called by name', () => {
  const table = buildRouteTable([
    route('/v1/{tenant}/files/*', '/{path}/of/{tenant}'),
    route('/v1/{tenant}/logs/*', '/$1/$2/end'),
  ])
  expect(sends(table, '/v1/acme/files/a/b')).toBe('/a/b/of/acme')
  expect(sends(table, '/v1/acme/logs')).toBe('/acme/end')
  expect(matchRoute(table, '/v1//files/a')).toBeNull()
})

test('near misses tell how far a route fits and what keeps it from matching', () => {
  expect(nearMisses(SEED, '/v1/schedulings/x')).toEqual([
    {
      route: expect.objectContaining({ path: '/v1/scheduling/*' }),
      because: 'first segment equal, then "schedulings" is not "scheduling"',
    },
    expect.anything(),
    expect.anything(),
  ])
  expect(nearMisses(SEED, '/v1/processes')[0]).toEqual({
    route: expect.objectContaining({ path: '/v1/process-design/*' }),
    because: 'with /api in front it is /api/v1/processes/$1, the rewritten form of /v1/process-design/*',
  })
  expect(nearMisses(SEED, '/nothing')).toEqual([])
})

test('a path that nearly has a rewritten form is told which, and one that only the form carried is told the path', () => {
  expect(nearMisses(SEED, '/api/v1/proceses/7')[0]).toEqual({
    route: expect.objectContaining({ path: '/v1/process-design/*' }),
    because:
      'did you mean /api/v1/processes/$1, the rewritten form of /v1/process-design/*? first segment equal, then "proceses" is not "processes"',
  })
  const typo = buildRouteTable([route('/v1/schedulling/*', '/api/v1/scheduling/$1')])
  expect(matchRoute(typo, '/api/v1/scheduling/x')?.carriedBy).toBe('rewritten form')
  expect(nearMisses(typo, '/api/v1/scheduling/x')).toEqual([
    { route: expect.anything(), because: 'first segment equal, then "scheduling" is not "schedulling"' },
  ])
})

test('a route that matches too, but lost, is a near miss', () => {
  const table = buildRouteTable([route('/v1/*', '/a'), route('/v1/{x}', '/b'), route('/v1/x/y', '/c')])
  expect(nearMisses(table, '/v1/z').map(({ because }) => because)).toContain(
    'it matches too, but stands later in the file',
  )
  expect(nearMisses(table, '/v1/x/y').map(({ because }) => because)).toContain(
    'it matches too, but 1 of its segments is literal, not 3',
  )
})
