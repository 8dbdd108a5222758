import type { TryFiles } from '../config/site-config.ts'
import { evaluate } from '../config/template.ts'
import type { NginxStep } from '../site.ts'
import { continueAtNamed, redirectInternally } from './internal-redirect.ts'
import type { RequestState } from './request-state.ts'
import { finalize } from './special-response.ts'

/** `try_files`: the model knows no files, so its last argument always decides (ngx_http_try_files_handler). */
export function tryFiles(state: RequestState, { rule, tried, fallback }: TryFiles): NginxStep {
  state.because(() => `none of ${tried.join(', ')} is a file here: the last argument of try_files decides`, rule.span)
  state.rule = rule
  if (fallback.kind === 'code') return finalize(state, fallback.code)
  const target = evaluate(fallback.uri, state)
  if (target.startsWith('@')) return continueAtNamed(state, target)
  const mark = target.indexOf('?')
  if (mark === -1) return redirectInternally(state, target, '')
  return redirectInternally(state, target.slice(0, mark), target.slice(mark + 1))
}
