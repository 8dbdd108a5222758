import type { Rule } from '../../../trace/trace.ts'
import type { Regex } from '../../pattern/regex.ts'
import { refuseRequest } from './refuse-request.ts'

/**
 * What the groups of a regular expression captured in a text, the whole match first; null where it does not match.
 * @param rule the line that asks
 * @throws {RefusedRequestError} the model does not know whether it matches
 */
export function regexMatch(regex: Regex, text: string, rule: Rule): readonly (string | undefined)[] | null {
  if (regex.refused !== null) refuseRequest(regex.refused.rule, regex.refused.because)
  const match = regex.exec(text)
  if (match !== 'gave-up') return match
  return refuseRequest(rule, `"${regex.pattern}" takes too long on a text of ${text.length} bytes: nginx may give up`)
}
