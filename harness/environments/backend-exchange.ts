import type { BackendRecord } from '../backends/stub-server.ts'
import type { Exchange } from '../chain/trace.ts'

/** The backend's exchange, where its stub recorded one. A stub has no rules: it answers as services.yaml says. */
export function backendHop(record: BackendRecord | null): Exchange[] {
  if (record === null) return []
  const { service, received, answered } = record
  const nothing = { rule: null, matched: null, reasons: [], nearMisses: [], forwards: [] }
  return [{ hop: 'backend', service, received, answered, origin: 'self', ...nothing }]
}
