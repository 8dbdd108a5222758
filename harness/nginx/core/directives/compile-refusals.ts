import type { Block } from '../../syntax/block.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { type CompileScope, ruleOf } from '../scope.ts'
import type { Refusal, Refusals } from './refusals.ts'
import { refusal } from './refuse.ts'
import type { DirectiveTable } from './table.ts'
import { thirdParty, thirdPartyRefusal } from './third-party.ts'

/**
 * What the model does not know of the directives in a block and around it: a directive takes the place of its namesake outside,
 * and where it is `off` there is none.
 */
export function compileRefusals(block: Block, around: Refusals, { directives: table }: CompileScope): Refusals {
  const own = block.directives.filter((directive) => isOfRequests(directive, table))
  if (own.length === 0) return around
  const refusals = new Map(around)
  for (const directive of own) refusals.delete(directive.name.text)
  for (const directive of own) {
    const found = refusalOf(directive, table)
    if (found !== null && found.touches !== 'handler') refusals.set(directive.name.text, found)
  }
  return refusals
}

/** A directive that answers in place of `proxy_pass` and that the model does not know. Blocks inside do not inherit it. */
export function refusedHandler(block: Block, { directives: table }: CompileScope): Refusal | null {
  const found = block.directives.flatMap((directive) => refusalOf(directive, table) ?? [])
  return found.find(({ touches }) => touches === 'handler') ?? null
}

function isOfRequests({ name }: Directive, table: DirectiveTable): boolean {
  const rules = table.rulesOf(name.text)
  if (rules === undefined) return thirdParty(name.text) !== null
  return rules.some((rule) => rule.support === 'refused' && rule.touches !== 'site')
}

function refusalOf(directive: Directive, table: DirectiveTable): Refusal | null {
  const { name, args } = directive
  const rules = table.rulesOf(name.text)
  const ofOthers = rules === undefined ? thirdParty(name.text) : null
  if (ofOthers !== null)
    return { rule: ruleOf(directive), because: thirdPartyRefusal(name.text, ofOthers), touches: ofOthers.touches }
  for (const rule of rules ?? []) {
    if (rule.support !== 'refused' || rule.touches === 'site') continue
    const because = refusal(name.text, rule, args)
    if (because !== null) return { rule: ruleOf(directive), because, touches: rule.touches }
  }
  return null
}
