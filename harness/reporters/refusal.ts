import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { type RenderOptions, renderDiagnostic } from '../diagnostics/render.ts'
import type { Source } from '../diagnostics/source.ts'
import { formatSpan, type Span } from '../diagnostics/span.ts'
import type { RefusingHop } from '../environments/environment.ts'
import type { ScenarioResult, ScenarioRun } from '../runner/result.ts'
import { maskText } from '../secrets/mask.ts'
import { maskSource } from '../secrets/mask-source.ts'

const GOES_ON: Readonly<Record<RefusingHop, string>> = {
  nginx: 'nginx refuses the reload and goes on with the configuration that it has',
  gateway: 'the new pod of the gateway does not start, and the old one goes on',
}

/**
 * A reload or a restart that is refused although the step at `span` does not expect it. In production everything goes on with
 * the old files, and so does the scenario; that may not be what its author had in mind.
 * @param said what the program refuses, first of all
 */
export function refusalWarning(hop: RefusingHop, said: Diagnostic, span: Span, source: Source): Diagnostic {
  return {
    code: hop === 'nginx' ? 'W_NGINX_REFUSED' : 'W_GATEWAY_REFUSED',
    severity: 'warning',
    message: `${GOES_ON[hop]}: ${formatSpan(said.span)}: ${said.message}`,
    span,
    source,
    hint: 'If the scenario expects this, say so: expect: {refused: "…"}',
  }
}

/** Every refusal of a run that no step expects, for people; empty where there is none. */
export function renderRefusals(
  { source }: Pick<ScenarioResult, 'source'>,
  { steps, secrets }: ScenarioRun,
  options: RenderOptions,
): string[] {
  return steps.flatMap(({ refusal, checks, span }) => {
    const [said] = refusal?.diagnostics ?? []
    const isExpected = checks.some(({ what }) => what === 'refused')
    if (said === undefined || isExpected || refusal === null || refusal.refusedBy === null) return []
    return [
      maskText(renderDiagnostic(refusalWarning(refusal.refusedBy, said, span, maskSource(source)), options), secrets),
    ]
  })
}
