import type { RequestState } from '../request/request-state.ts'
import type { Template } from './template.ts'

/** Evaluates a template. `escaping` is applied to captures: nginx escapes them in redirects and arguments. */
export function evaluate(template: Template, state: RequestState, escaping?: (capture: string) => string): string {
  if (template.text !== null) return template.text
  let value = ''
  for (const part of template.parts) {
    if (part.kind === 'text') value += part.text
    else if (part.kind === 'variable') value += state.variable(part.slot) ?? ''
    else value += escaping === undefined ? state.capture(part.group) : escaping(state.capture(part.group))
  }
  return value
}
