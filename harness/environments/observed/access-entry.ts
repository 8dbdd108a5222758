import type { AccessEntry, Outcome } from '../../../gateway/access-log.ts'

const OUTCOMES: ReadonlySet<string> = new Set<Outcome>([
  'answered',
  'refused',
  'connect-timeout',
  'read-timeout',
  'reset',
  'unresolved',
  'invalid',
])

/**
 * The access entry that a line of a gateway's log holds: JSON with the fields that the project's own gateway writes
 * (gateway/log-line.ts). Null for any other line. Only the request id, the method and the target must be there.
 * @param routesFile what the chain calls the routes.yaml that the gateway read
 */
export function accessEntryOf(line: string, routesFile: string): AccessEntry | null {
  const fields = parse(line)
  if (fields === null) return null
  const text = (name: string): string | null => (typeof fields[name] === 'string' ? fields[name] : null)
  const number = (name: string): number => (typeof fields[name] === 'number' ? fields[name] : 0)
  const requestId = text('requestId')
  const method = text('method')
  const target = text('target')
  if (requestId === null || method === null || target === null) return null
  const carriedBy = text('carriedBy')
  return {
    requestId,
    method,
    target,
    status: number('status'),
    route: routeOf(text('route'), text('place'), routesFile),
    carriedBy: carriedBy === 'path' || carriedBy === 'rewritten form' ? carriedBy : null,
    sends: text('sends'),
    upstream: targetOf(text('upstream')),
    decidedBy: null,
    headerChanges: { request: [], answer: [] },
    outcome: outcomeOf(text('outcome')),
    detail: text('detail') ?? '',
    elapsedMs: number('elapsedMs'),
  }
}

function parse(line: string): Readonly<Record<string, unknown>> | null {
  if (!line.startsWith('{')) return null
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}

/** `/v1/x/*` and `routes.yaml:3:5`. */
function routeOf(path: string | null, place: string | null, file: string): AccessEntry['route'] {
  if (path === null) return null
  const [, line = '1', column = '1'] = /:(\d+):(\d+)$/.exec(place ?? '') ?? []
  return { path, place: { file, line: Number(line), column: Number(column), length: 1 } }
}

/** `scheduling:9008` */
function targetOf(text: string | null): AccessEntry['upstream'] {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(text ?? '') ?? []
  return host === '' ? null : { host, port: Number(port) }
}

function outcomeOf(text: string | null): Outcome | null {
  return isOutcome(text) ? text : null
}

function isOutcome(text: string | null): text is Outcome {
  return text !== null && OUTCOMES.has(text)
}
