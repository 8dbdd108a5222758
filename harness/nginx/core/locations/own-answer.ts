import type { RequestState } from '../request/request-state.ts'
import type { CompilingModule } from '../scope.ts'
import { ruleOf } from '../scope.ts'

/** What a module is that answers by itself wherever its directive stands (`clcf->handler`). @param name of the directive */
export function answersAt(name: string): NonNullable<CompilingModule['pass']> {
  return (block) => {
    const directive = block.one(name)
    return directive === undefined ? undefined : { protocol: 'own', name, rule: ruleOf(directive) }
  }
}

/** Whether the location is answered by that directive; then it is the line that decides. */
export function isAnsweredBy(state: RequestState, name: string): boolean {
  const { pass } = state.location
  if (pass?.protocol !== 'own' || pass.name !== name) return false
  state.rule = pass.rule
  state.because({ kind: 'answers-itself', line: pass.rule.text }, pass.rule.span)
  return true
}
