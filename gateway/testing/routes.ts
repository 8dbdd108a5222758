import type { Route } from '../route-table.ts'

/** A route for a test, its target written as in routes.yaml. */
export function route(path: string, rewrite: string, target = 'backend:9000'): Route {
  const [host = '', port = ''] = target.split(':')
  return {
    path,
    rewrite,
    target: { host, port: Number(port) },
    place: { file: 'routes.yaml', line: 1, column: 1, length: 1 },
  }
}
