import type { RequestOptions } from '../../request-options.ts'
import type { WorldOptions } from '../../world-options.ts'

/** What `chain explain` is told. */
export interface ExplainCommandOptions extends RequestOptions, WorldOptions {
  readonly json: boolean
}
