import { BlockList, isIP } from 'node:net'
import type { Rule } from '../../../trace/trace.ts'
import { ModuleSettings } from '../../core/module.ts'
import { type CompileScope, ruleOf } from '../../core/scope.ts'
import { parseCidr } from '../../syntax/addresses.ts'
import type { Block } from '../../syntax/block.ts'

/** One `allow` or `deny`. `list` null is `all`. */
export interface AccessRule {
  readonly action: 'allow' | 'deny'
  readonly list: BlockList | null
  readonly rule: Rule
}

/** The rules of a block, else those around it. */
export const accessRules = new ModuleSettings<readonly AccessRule[] | null>(
  null,
  (block, around, scope) => compileAccess(block, scope) ?? around,
)

/** `allow` and `deny` of a block in their order; null where it has none (then the outer ones count). */
function compileAccess(block: Block, scope: CompileScope): readonly AccessRule[] | null {
  const rules: AccessRule[] = []
  for (const directive of block.directives) {
    const action = directive.name.text
    if (action !== 'allow' && action !== 'deny') continue
    const [word] = directive.args
    if (word === undefined) continue
    const rule = ruleOf(directive)
    if (word.text === 'all') rules.push({ action, list: null, rule })
    else if (word.text === 'unix:') continue
    else {
      const network = parseCidr(word.text)
      if (network === null || isIP(network.address) === 0) scope.error(word.span, `invalid parameter "${word.text}"`)
      else rules.push({ action, list: listOf(network), rule })
    }
  }
  return rules.length === 0 ? null : rules
}

function listOf({ address, bits, family }: NonNullable<ReturnType<typeof parseCidr>>): BlockList {
  const list = new BlockList()
  list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6')
  return list
}
