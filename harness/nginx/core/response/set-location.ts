import type { RequestState } from '../request/request-state.ts'
import { addHeader } from './response-head.ts'

/** Replaces the answer's Location. */
export function setLocation(state: RequestState, value: string): void {
  if (state.head.location !== null) state.head.location.name = ''
  state.head.location = addHeader(state.head, ['Location', value])
}
