import { BlockList, isIP } from 'node:net'
import { type CompileScope, ruleOf } from '../../core/scope.ts'
import { parseCidr } from '../../syntax/addresses.ts'
import type { Block } from '../../syntax/block.ts'
import type { AccessRule } from './run.ts'

/** `allow` and `deny` of a block in their order; null where it has none (then the outer ones count). */
export function compileAccess(block: Block, scope: CompileScope): readonly AccessRule[] | null {
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
