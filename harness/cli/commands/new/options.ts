import type { RequestOptions } from '../../request-options.ts'
import type { WorldOptions } from '../../world-options.ts'

/** What `chain new` is told. */
export interface NewCommandOptions extends RequestOptions, WorldOptions {
  readonly out?: string
}
