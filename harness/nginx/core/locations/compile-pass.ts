import type { Block } from '../../syntax/block.ts'
import type { CompileScope } from '../scope.ts'
import type { Modifier, ProxyPass } from '../site-config.ts'

/** Where a block sends requests to; `around` where it does not say, null where it says it wrong. */
export function compilePass(
  block: Block,
  name: string,
  modifier: Modifier,
  around: ProxyPass | null,
  scope: CompileScope,
): ProxyPass | null {
  for (const { pass } of scope.modules) {
    const found = pass?.(block, name, modifier, scope)
    if (found !== undefined) return found
  }
  return around
}
