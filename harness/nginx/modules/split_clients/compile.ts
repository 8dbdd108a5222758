import type { RequestState } from '../../core/request/request-state.ts'
import type { CompileScope } from '../../core/scope.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { wireText } from '../../syntax/wire.ts'
import type { VersionRules } from '../../versions.ts'
import { murmurHash2 } from './murmur-hash.ts'

const WHOLE = 0xffff_ffffn

/** Compiles `split_clients SOURCE $VARIABLE { SHARE% VALUE; … }` (ngx_http_split_clients_module). */
export function compileSplitClients(directive: Directive, scope: CompileScope): void {
  const [source, variable] = directive.args
  if (source === undefined || variable === undefined) return
  if (!variable.text.startsWith('$')) {
    scope.error(variable.span, `invalid variable name "${variable.text}"`)
    return
  }
  const value = scope.template(source)
  const parts = partsOf(directive.block ?? [], scope.rules)
  const get = (state: RequestState) => {
    const hash = murmurHash2(Buffer.from(evaluate(value, state), 'latin1'))
    return parts.find(({ below }) => below === null || hash < below)?.value ?? ''
  }
  if (scope.definesOwn(variable.text.slice(1), variable.span)) {
    scope.variables.define({ name: variable.text.slice(1), get, cacheable: true }, variable.span, false)
  }
}

/** The values with the hashes they end below; null takes the rest. */
function partsOf(
  lines: readonly Directive[],
  rules: VersionRules,
): readonly { readonly below: number | null; readonly value: string }[] {
  let last = 0n
  let hundredths = 0
  return lines.map(({ name, args }) => {
    const value = wireText(args[0]?.text ?? '')
    if (name.text === '*') return { below: null, value }
    const share = Math.round(Number.parseFloat(name.text) * 100)
    hundredths += share
    if (hundredths === 10_000 && rules.lastShareTakesRest) return { below: null, value }
    last += (BigInt(share) * WHOLE) / 10_000n
    return { below: Number(last & WHOLE), value }
  })
}
