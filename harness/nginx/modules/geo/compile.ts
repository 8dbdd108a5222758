import { BlockList, isIP } from 'node:net'
import { refuseRequest } from '../../core/request/refuse-request.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { type CompileScope, ruleOf } from '../../core/scope.ts'
import { parseCidr } from '../../syntax/addresses.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { wireText } from '../../syntax/wire.ts'
import { geoValue } from './run.ts'

/** Words of a geo block that the model does not follow. */
const REFUSED: ReadonlySet<string> = new Set(['ranges', 'delete', 'proxy', 'proxy_recursive', 'include'])

/** Compiles `geo [$ADDRESS] $VARIABLE { NETWORK VALUE; … }`. */
export function compileGeo(directive: Directive, scope: CompileScope): void {
  const source = directive.args.length === 2 ? directive.args[0] : undefined
  const variable = directive.args.at(-1)
  if (variable === undefined) return
  for (const word of directive.args) {
    if (word.text.startsWith('$')) continue
    scope.error(word.span, `invalid variable name "${word.text}"`)
    return
  }
  const refused = directive.block?.find(({ name }) => REFUSED.has(name.text))
  const table = compileTable(directive)
  const slot = source === undefined ? null : scope.variable(source.text.slice(1), source.span)
  const get = (state: RequestState) => {
    if (refused !== undefined) refuseRequest(ruleOf(directive), `${refused.name.text} in geo is not modelled`)
    return geoValue(table, addressOf(state, slot))
  }
  if (scope.definesOwn(variable.text.slice(1), variable.span)) {
    scope.variables.define({ name: variable.text.slice(1), get, cacheable: true }, variable.span, false)
  }
}

/** The address asked for: the client's, or a variable's. Where that is no address, nginx takes 255.255.255.255. */
function addressOf(state: RequestState, slot: number | null): string {
  if (slot === null) return state.client.address
  const address = state.variable(slot) ?? ''
  return isIP(address) === 0 ? '255.255.255.255' : address
}

function compileTable(directive: Directive) {
  const networks: { list: BlockList; value: string; bits: number }[] = []
  let otherwise = ''
  for (const { name, args } of directive.block ?? []) {
    const value = wireText(args[0]?.text ?? '')
    if (name.text === 'default') otherwise = value
    else {
      const network = parseCidr(name.text)
      if (network === null) continue
      const list = new BlockList()
      list.addSubnet(network.address, network.bits, network.family === 4 ? 'ipv4' : 'ipv6')
      networks.push({ list, value, bits: network.bits })
    }
  }
  return { networks: networks.sort((a, b) => b.bits - a.bits), otherwise }
}
