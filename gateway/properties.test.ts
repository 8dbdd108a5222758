import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchRoute } from './match-route.ts'
import { parsePattern, patternShape } from './path-pattern.ts'
import { rewritePath } from './rewrite-path.ts'
import { buildRouteTable, type Route } from './route-table.ts'
import { route } from './testing/routes.ts'

const WORDS = ['a', 'b', 'c', 'api', 'v1', 'ä']
const literal = fc.constantFrom(...WORDS)
const patternText = fc
  .tuple(
    fc.array(fc.oneof({ weight: 3, arbitrary: literal }, { weight: 1, arbitrary: fc.constant('{}') }), {
      minLength: 1,
      maxLength: 4,
    }),
    fc.boolean(),
  )
  .map(
    ([segments, hasRest]) =>
      `/${[...segments.map((text, at) => (text === '{}' ? `{n${at}}` : text)), ...(hasRest ? ['*'] : [])].join('/')}`,
  )
  .filter((text) => !/^\/api(\/|$)/.test(text))

/** Some segments are escaped, empty or unknown, and some paths begin with /api. */
const segment = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c', 'v1', 'api', '%C3%A4') },
  { weight: 1, arbitrary: fc.constantFrom('', 'x%2Fy', '%61', '%zz', '%76%31', '%61pi') },
)
const path = fc.array(segment, { minLength: 1, maxLength: 6 }).map((segments) => `/${segments.join('/')}`)

const table = fc
  .array(fc.tuple(patternText, fc.constantFrom('/r/$1', '/api/v1/x', '/z')), { minLength: 1, maxLength: 12 })
  .map((pairs) =>
    pairs
      .filter(([text], at) => pairs.findIndex(([other]) => shape(other) === shape(text)) === at)
      .map(([text, rewrite]) => route(text, /[*{]/.test(text) ? rewrite : '/none')),
  )

function shape(text: string): string {
  const pattern = parsePattern(text)
  return 'problem' in pattern ? text : patternShape(pattern.segments)
}

/** The rule in its plainest words: every pattern as a regular expression over the decoded path, one after the other. */
function slowMatch(routes: readonly Route[], text: string): Route | null {
  const decoded = text
    .split('/')
    .map((part) => decode(part).replaceAll('/', '\0'))
    .join('/')
  const matched = decoded === '/api' ? '/' : decoded.replace(/^\/api(?=\/)/, '')
  let best: Route | null = null
  for (const candidate of routes) {
    if (toRegExp(candidate.path).test(matched) && (best === null || literals(candidate.path) > literals(best.path)))
      best = candidate
  }
  return best
}

function toRegExp(pattern: string): RegExp {
  const parts = pattern
    .slice(1)
    .split('/')
    .map((part) => (part === '*' ? '(/.*)?' : part.startsWith('{') ? '/[^/]+' : `/${part}`))
  return new RegExp(`^${parts.join('')}$`, 's')
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

const literals = (pattern: string) =>
  pattern
    .slice(1)
    .split('/')
    .filter((part) => part !== '*' && !part.startsWith('{')).length

test('the trie picks the route that a plain scan of the file picks', () => {
  fc.assert(
    fc.property(table, path, (routes, text) => {
      const match = matchRoute(buildRouteTable(routes), text)
      expect(match?.carriedBy === 'path' ? match.route : null).toBe(slowMatch(routes, text))
    }),
    { numRuns: 2_000 },
  )
})

test('a path that no pattern takes goes through only where a route sends its like', () => {
  fc.assert(
    fc.property(table, path, (routes, text) => {
      const match = matchRoute(buildRouteTable(routes), text)
      if (match?.carriedBy !== 'rewritten form') return
      const form = match.route.rewrite.replace(/\$\d/, match.route.path.includes('{') ? '[^/]+' : '.*')
      expect(slowMatch(routes, text)).toBeNull()
      expect(text.replaceAll('%76%31', 'v1').replaceAll('%61', 'a')).toMatch(
        new RegExp(`^${form}$|^${form.replace('/.*', '')}$`),
      )
    }),
    { numRuns: 2_000 },
  )
})

const raw = fc.stringMatching(/^[!$&-.0-;=@-Z_a-z~%]{1,8}$/)

test('captures are raw pieces of the path, and arrive byte for byte', () => {
  fc.assert(
    fc.property(raw, fc.array(fc.oneof(raw, fc.constant('')), { maxLength: 4 }), (name, rest) => {
      const routes = buildRouteTable([route('/v1/{tenant}/*', '/t/$1/of/{path}')])
      const match = matchRoute(routes, `/v1/${name}/${rest.join('/')}`)
      expect(match?.captures).toEqual([name, rest.join('/')])
      const tail = rest.join('/')
      expect(match && rewritePath(match.compiled.rewrite, match.captures)).toBe(
        tail === '' ? `/t/${name}/of` : `/t/${name}/of/${tail}`,
      )
    }),
  )
})

test('what a route sends is recognised as rewritten, and goes to the same route', () => {
  fc.assert(
    fc.property(raw, (rest) => {
      const routes = buildRouteTable([
        route('/v1/process-design/*', '/api/v1/processes/$1'),
        route('/v1/other/*', '/api/v1/others/$1'),
      ])
      const match = matchRoute(routes, `/v1/process-design/${rest}`)
      const sent = match && rewritePath(match.compiled.rewrite, match.captures)
      expect(sent && matchRoute(routes, sent)).toMatchObject({
        carriedBy: 'rewritten form',
        route: { path: '/v1/process-design/*' },
      })
    }),
  )
})
