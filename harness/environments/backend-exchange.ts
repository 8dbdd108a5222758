import type { BackendRecord } from '../backends/stub-server.ts'
import type { Exchange, ReachedBy } from '../trace/trace.ts'

/** The backend's exchange. A stub has no rules: it answers as services.yaml says. */
export function backendExchange({ service, received, answered }: BackendRecord, reachedBy: ReachedBy | null): Exchange {
  return { hop: 'backend', service, reachedBy, received, passes: [], answered, origin: 'self', answerHeaders: [] }
}
