import type { NginxStep } from '../site.ts'
import type { RequestState } from './request-state.ts'
import { finalize } from './special-response.ts'

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST'])

/** A location that neither proxies nor returns serves files. The model knows none: 404, or 405 to a method that does not read. */
export function answerFromFiles(state: RequestState): NginxStep {
  const code = READING.has(state.method) ? 404 : 405
  state.because(
    () => `nothing proxies here, so nginx looks for a file, and there are none: ${code}`,
    state.location.rule.span,
  )
  return finalize(state, code)
}
