import { accepted, HASHES, NUMBER, ONE_OR_MORE, only, SERVER_LOCATION } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import type { CompileScope } from '../../core/scope.ts'
import type { Directive } from '../../syntax/syntax.ts'

/** Whether the Referer is one of ours. */
export const REFERER: Module = {
  module: 'ngx_http_referer_module',
  rows: {
    valid_referers: [SERVER_LOCATION, ONE_OR_MORE, accepted(only('$invalid_referer'))],
    referer_hash_max_size: [SERVER_LOCATION, NUMBER, accepted(HASHES)],
    referer_hash_bucket_size: [SERVER_LOCATION, NUMBER, accepted(HASHES)],
  },
  look: { valid_referers: checkReferers },
}

/** A referer may be a regular expression, which nginx compiles whether `$invalid_referer` is read or not. */
function checkReferers({ args }: Directive, scope: CompileScope): void {
  for (const { text, span } of args) if (text.startsWith('~')) scope.regex(text.slice(1), true, span)
}
