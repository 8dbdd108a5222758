import type { Route } from '../route-table.ts'

const PLACE = { file: 'routes.yaml', line: 1, column: 1, length: 1 }

/** A route for a test, its target written as in routes.yaml. */
export function route(path: string, rewrite: string, target = 'backend:9000'): Route {
  const [host = '', port = ''] = target.split(':')
  return {
    path,
    rewrite,
    target: { host, port: Number(port) },
    place: PLACE,
    places: { target: PLACE, rewrite: PLACE, timeout: null, scopes: [] },
  }
}
