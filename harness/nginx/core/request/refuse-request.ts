import type { Rule } from '../../../trace/trace.ts'
import { RefusedRequestError } from '../../site.ts'
import type { Touches } from '../directives/rule.ts'
import type { Location } from '../site-config.ts'

const NOWHERE = { file: '', line: 0, column: 0, length: 0 }

/** A body as short as this is there when nginx looks for it, whether it waits for the whole or not. */
export const PREREAD_BYTES = 4096

/** Gives a request up by name: the directive and what it would do here. @throws {RefusedRequestError} always */
export function refuseRequest({ text, span }: Rule, because: string): never {
  throw new RefusedRequestError({ name: text.split(' ')[0] ?? text, span: span ?? NOWHERE, because })
}

/** Gives a request up where its location has a directive that the model does not know and that takes effect at this point. */
export function refuseWhere({ location }: { readonly location: Location }, touches: Touches): void {
  for (const refusal of location.settings.refusals.values()) {
    if (refusal.touches === touches) refuseRequest(refusal.rule, refusal.because)
  }
}
