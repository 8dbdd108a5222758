import type { PlainValue } from '../diagnostics/yaml-to-plain.ts'

const MAX_TITLE_LENGTH = 120

/** A step as people read it, on one line: `request: GET /api/v1/processes`, `scale: {service: scheduling, replicas: 2}`. */
export function stepTitle(action: string, value: PlainValue | undefined, via: PlainValue | undefined): string {
  const entry = typeof via === 'string' && via !== 'nginx' ? ` via ${via}` : ''
  const title = `${action}: ${flow(value ?? null)}${entry}`.replace(/\s+/g, ' ')
  return title.length > MAX_TITLE_LENGTH ? `${title.slice(0, MAX_TITLE_LENGTH - 1)}…` : title
}

function flow(value: PlainValue): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value).map(([key, member]) => `${key}: ${flow(member)}`)
  return `{${members.join(', ')}}`
}
