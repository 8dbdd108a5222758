import { formatSpan } from '../diagnostics/span.ts'
import type { Gap } from './environment.ts'

/** What an environment cannot show, in a line: its place where it has one, what it is, and why. */
export function gapText({ what, span, because }: Gap): string {
  return `${span === null ? '' : `${formatSpan(span)}: `}unsupported: "${what}": ${because}`
}
