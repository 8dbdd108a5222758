import type { Rule } from '../../../trace/trace.ts'
import type { Template } from '../../core/variables/template.ts'

/** A `limit_req_zone`, with what has become of its keys so far. */
export interface LimitZone {
  readonly key: Template
  /** Thousandths of a request that are let through in a second. */
  readonly milliPerSecond: number
  /** For each key the thousandths of requests above the rate, and when the last one came. */
  readonly seen: Map<string, { excess: number; lastMs: number }>
}

/** One `limit_req`. */
export interface LimitReq {
  readonly rule: Rule
  /** Null where the site does not define it. */
  readonly zone: LimitZone | null
  readonly burst: number
}
