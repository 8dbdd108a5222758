import { z } from 'zod'
import { parsePattern, patternShape } from '../path-pattern.ts'
import { formatPlace } from '../place.ts'
import { parseRewrite, rewrittenForm } from '../rewrite-path.ts'
import type { Route, Target } from '../route-table.ts'
import type { Problems } from './problem.ts'
import { checkShape, mapping, textAs } from './shape.ts'
import { duration } from './units.ts'
import type { YamlFile } from './yaml-file.ts'

const target = textAs((text): { value: Target } | { problem: string; hint: string } => {
  const [, host, port] = /^([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?):(\d{1,5})$/.exec(text) ?? []
  const number = Number(port)
  if (/^https:\/\//i.test(text))
    return {
      problem: `"${text}" asks for TLS, which the gateway does not speak to services`,
      hint: 'Write host:port of a port that takes plain HTTP.',
    }
  return host === undefined || number < 1 || number > 65_535
    ? { problem: `"${text}" is no target`, hint: 'Write host:port, such as process-design:9003.' }
    : { value: { host, port: number } }
})

const path = textAs((text) => {
  const pattern = parsePattern(text)
  return 'problem' in pattern ? pattern : { value: text }
})

export const ROUTE = mapping({
  path,
  target,
  rewrite: z.string(),
  timeout: duration.optional(),
  scopes: z.array(z.string().min(1)).optional(),
})

/** Reads routes.yaml: a list of routes, or `routes:` with one. A route with problems is left out. */
export function readRoutes(file: YamlFile, problems: Problems): Route[] {
  const listAt = Array.isArray(file.value) ? [] : ['routes']
  const list = Array.isArray(file.value)
    ? file.value
    : checkShape(mapping({ routes: z.array(z.unknown()) }), file, problems)?.routes
  const routes: Route[] = []
  for (const [index, value] of (list ?? []).entries()) {
    const route = readRoute(value, [...listAt, index], file, problems)
    if (route !== null) routes.push(route)
  }
  if (list?.length === 0) problems.add('E_GATEWAY_EMPTY', file.placeOf(listAt), { problem: 'there is no route' })
  reportClashes(routes, file, problems)
  return routes
}

function readRoute(value: unknown, at: readonly PropertyKey[], file: YamlFile, problems: Problems): Route | null {
  const shape = checkShape(ROUTE, file, problems, value, at)
  if (shape === null) return null
  const pattern = parsePattern(shape.path)
  if ('problem' in pattern) return null
  const rewrite = parseRewrite(shape.rewrite, pattern)
  if ('problem' in rewrite) {
    problems.add('E_GATEWAY_VALUE', file.placeOf([...at, 'rewrite']), {
      ...rewrite,
      problem: `"rewrite": ${rewrite.problem}`,
    })
    return null
  }
  const { timeout: timeoutMs, scopes, ...rest } = shape
  const place = file.placeOf([...at, 'path'])
  const keyPlace = (key: keyof typeof shape) => file.placeOfKey([...at, key])
  const places = {
    target: keyPlace('target'),
    rewrite: keyPlace('rewrite'),
    timeout: timeoutMs === undefined ? null : keyPlace('timeout'),
    scopes: (scopes ?? []).map((_, index) => file.placeOf([...at, 'scopes', index])),
  }
  return {
    ...rest,
    place,
    places,
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(scopes !== undefined && { scopes }),
  }
}

/** Two routes for the same paths, and two that send the same paths to different places: the order of the file must not decide. */
function reportClashes(routes: readonly Route[], _file: YamlFile, problems: Problems): void {
  const byPath = new Map<string, Route>()
  const byForm = new Map<string, Route>()
  for (const route of routes) {
    const pattern = parsePattern(route.path)
    const rewrite = 'problem' in pattern ? pattern : parseRewrite(route.rewrite, pattern)
    if ('problem' in pattern || 'problem' in rewrite) continue
    const same = claim(byPath, patternShape(pattern.segments), route)
    if (same !== null) {
      const problem = `the route at ${formatPlace(same.place)} already takes "${route.path}"`
      problems.add('E_GATEWAY_DUPLICATE_PATH', route.place, { problem, hint: 'Keep one of the two.' })
      continue
    }
    const form = rewrittenForm(rewrite, pattern)
    const rival = form && claim(byForm, patternShape(form), route)
    if (rival === null || sameDestination(rival, route)) continue
    const problem = `a request for "${route.rewrite}" itself could belong to this route or to the one at ${formatPlace(rival.place)}`
    const hint = 'A path that is rewritten already is recognised by its form: give the two rewrites different ones.'
    problems.add('E_GATEWAY_AMBIGUOUS_REWRITE', route.place, { problem, hint })
  }
}

/** The route that has the key already; null, and the key is taken, where none has. */
function claim(owners: Map<string, Route>, key: string, route: Route): Route | null {
  const owner = owners.get(key)
  if (owner !== undefined) return owner
  owners.set(key, route)
  return null
}

/** A path that is rewritten already goes through unchanged, so two aliases of one backend do not compete. */
function sameDestination(one: Route, other: Route): boolean {
  const traits = ({ target, timeoutMs, scopes }: Route) => JSON.stringify([target, timeoutMs, scopes])
  return traits(one) === traits(other)
}
