import type { Rule } from '../../chain/trace.ts'
import { RefusedRequestError } from '../site.ts'

const NOWHERE = { file: '', line: 0, column: 0, length: 0 }

/** Gives a request up by name: the directive and what it would do here. @throws {RefusedRequestError} always */
export function refuseRequest({ text, span }: Rule, because: string): never {
  throw new RefusedRequestError({ name: text.split(' ')[0] ?? text, span: span ?? NOWHERE, because })
}
