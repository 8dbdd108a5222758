import { z } from 'zod'
import type { AccessEntry, Outcome } from '../../../gateway/access-entry.ts'
import { DECISION_KINDS } from '../../../gateway/decision.ts'
import { HEADER_CHANGERS } from '../../../gateway/header-changes.ts'
import type { Place } from '../../../gateway/place.ts'
import { type ConfigNames, placeInChain } from '../gateway-lines.ts'

const OUTCOMES: ReadonlySet<string> = new Set<Outcome>([
  'answered',
  'refused',
  'connect-timeout',
  'read-timeout',
  'reset',
  'unresolved',
  'invalid',
])

const DECISION = z.object({ kind: z.enum(DECISION_KINDS), place: z.string().nullable() })

const CHANGE = z.object({
  name: z.string(),
  change: z.enum(['added', 'changed', 'dropped']),
  by: z.enum(HEADER_CHANGERS),
  place: z.string().nullable(),
})

const HEADER_CHANGES = z.object({ request: z.array(CHANGE), answer: z.array(CHANGE) })

/**
 * The access entry that a line of a gateway's log holds: JSON with the fields that the project's own gateway writes
 * (gateway/log-line.ts). Null for any other line. Only the request id, the method and the target must be there.
 * @param files the config that the gateway read
 */
export function accessEntryOf(line: string, files: ConfigNames): AccessEntry | null {
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
    route: routeOf(text('route'), text('place'), files),
    carriedBy: carriedBy === 'path' || carriedBy === 'rewritten form' ? carriedBy : null,
    sends: text('sends'),
    upstream: targetOf(text('upstream')),
    decidedBy: decisionOf(fields.decidedBy, files),
    publicBy: inChain(text('publicBy'), files),
    headerChanges: headerChangesOf(fields.headerChanges, files),
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
function routeOf(path: string | null, place: string | null, files: ConfigNames): AccessEntry['route'] {
  if (path === null) return null
  const start = { file: files.routes?.file ?? 'routes.yaml', line: 1, column: 1, length: 1 }
  return { path, place: placeInChain(place ?? '', files) ?? start }
}

/** A fact of the log with its place in the chain's files. Null where it is of another shape than the project's own gateway writes. */
function decisionOf(value: unknown, files: ConfigNames): AccessEntry['decidedBy'] {
  const read = DECISION.safeParse(value)
  return read.success ? { kind: read.data.kind, place: inChain(read.data.place, files) } : null
}

function headerChangesOf(value: unknown, files: ConfigNames): AccessEntry['headerChanges'] {
  const read = HEADER_CHANGES.safeParse(value)
  if (!read.success) return { request: [], answer: [] }
  const { request, answer } = read.data
  const placed = (changes: typeof request) => changes.map((one) => ({ ...one, place: inChain(one.place, files) }))
  return { request: placed(request), answer: placed(answer) }
}

function inChain(place: string | null, files: ConfigNames): Place | null {
  return place === null ? null : placeInChain(place, files)
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
