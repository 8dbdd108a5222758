import type { Block } from '../../syntax/block.ts'
import type { CompileScope } from '../scope.ts'
import type { Modifier, Pass } from '../site-config.ts'

/**
 * Where a block sends requests to; `around` where it does not say, null where it says it wrong. Of several modules the last line
 * counts, as each of them makes itself the handler (`clcf->handler`).
 */
export function compilePass(
  block: Block,
  name: string,
  modifier: Modifier,
  around: Pass | null,
  scope: CompileScope,
): Pass | null {
  const found: Pass[] = []
  for (const { pass } of scope.modules) {
    const own = pass?.(block, name, modifier, scope)
    if (own === null) return null
    if (own !== undefined) found.push(own)
  }
  const lineOf = ({ rule }: Pass): number => block.directives.findIndex(({ span }) => span === rule.span)
  return found.toSorted((one, other) => lineOf(one) - lineOf(other)).at(-1) ?? around
}
