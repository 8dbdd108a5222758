import { accepted, HASHES, modelled, NUMBER, ONE_OR_MORE, SERVER_LOCATION } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { referers } from './compile.ts'
import { invalidReferer } from './run.ts'

/** Whether the Referer is one of ours. */
export const REFERER: Module = {
  module: 'ngx_http_referer_module',
  rows: {
    valid_referers: [SERVER_LOCATION, ONE_OR_MORE, modelled],
    referer_hash_max_size: [SERVER_LOCATION, NUMBER, accepted(HASHES)],
    referer_hash_bucket_size: [SERVER_LOCATION, NUMBER, accepted(HASHES)],
  },
  settings: referers,
  variables: { invalid_referer: invalidReferer },
}
