import type { Reason, Rule } from '../../../trace/trace.ts'
import type { LocationChoice } from '../locations/near-misses.ts'

/** What is noted of a pass while it lasts. */
export interface OpenPass {
  /** The line that led into it; null for the first one. */
  readonly ledBy: Rule | null
  /** Which subrequest it belongs to, counted from 1; null for the client's own request. */
  readonly subrequest: number | null
  readonly reasons: Reason[]
  /** The places where locations were chosen, for the near misses. */
  readonly choices: LocationChoice[]
}

export function openPass(ledBy: Rule | null, subrequest: number | null): OpenPass {
  return { ledBy, subrequest, reasons: [], choices: [] }
}
