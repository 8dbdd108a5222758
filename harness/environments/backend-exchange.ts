import type { BackendRecord } from '../backends/stub-server.ts'
import type { Exchange } from '../chain/trace.ts'

/** The backend's exchange, from what its stub recorded. A stub has no rules: it answers as services.yaml says. */
export function backendExchange({ service, received, answered }: BackendRecord): Exchange {
  return {
    hop: 'backend',
    service,
    received,
    rule: null,
    matched: null,
    reasons: [],
    nearMisses: [],
    forwards: [],
    answered,
    origin: 'self',
  }
}
