import { BlockList, isIPv6 } from 'node:net'
import { type ClientAddress, forwardedAddress } from '../../core/request/forwarded-address.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import type { CompileScope } from '../../core/scope.ts'
import { type Cidr, ipv4Number, ipv6Number, parseCidr, parseRange } from '../../syntax/addresses.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { wireText } from '../../syntax/wire.ts'
import { Networks, NO_ADDRESS } from './networks.ts'
import { Ranges } from './ranges.ts'

/** Compiles `geo [$ADDRESS] $VARIABLE { NETWORK VALUE; … }` (ngx_http_geo_block). */
export function compileGeo(directive: Directive, scope: CompileScope): void {
  const source = directive.args.length === 2 ? directive.args[0] : undefined
  const variable = directive.args.at(-1)
  if (variable === undefined) return
  for (const word of directive.args) {
    if (word.text.startsWith('$')) continue
    scope.error(word.span, `invalid variable name "${word.text}"`)
    return
  }
  const lines = directive.block ?? []
  const has = (word: string) => lines.some(({ name, args }) => name.text === word && args.length === 0)
  const find = has('ranges') ? compileRanges(lines, scope) : compileNetworks(lines, scope)
  const proxies = proxiesOf(lines)
  const isRecursive = has('proxy_recursive')
  const slot = source === undefined ? null : scope.variable(source.text.slice(1), source.span)
  const get = (state: RequestState) => {
    const client = clientOf(state, slot)
    if (client === null) return find(NO_ADDRESS)
    const lines = state.headers.filter(({ key }) => key === 'x-forwarded-for').map(({ value }) => value)
    const forwarded = proxies === null ? null : forwardedAddress(client, lines.toReversed(), proxies, isRecursive)
    return find(numberOf((forwarded ?? client).address))
  }
  if (scope.definesOwn(variable.text.slice(1), variable.span)) {
    const cacheable = !has('volatile')
    scope.variables.define({ name: variable.text.slice(1), get, cacheable }, variable.span, false)
  }
}

/** Whose address is asked for: the client's, or what a variable has; null where that is no address. */
function clientOf(state: RequestState, slot: number | null): ClientAddress | null {
  if (slot === null) return state.client
  const address = state.variable(slot) ?? ''
  return ipv4Number(address) === null && !isIPv6(address) ? null : { address, port: 0 }
}

const MAPPED = 0xffffn << 32n

/** An address as a number; one of IPv4 in an IPv6 address is one of IPv4. */
function numberOf(address: string): number | bigint {
  if (!isIPv6(address)) return ipv4Number(address) ?? NO_ADDRESS
  const number = ipv6Number(address)
  return number >> 32n === MAPPED >> 32n ? Number(number - MAPPED) : number
}

function compileNetworks(lines: readonly Directive[], scope: CompileScope): (address: number | bigint) => string {
  const networks = new Networks()
  for (const { name, args } of lines) {
    const [word] = args
    if (word === undefined || name.text === 'proxy') continue
    if (name.text === 'delete') {
      const network = networkOf(word.text)
      if (network === null) continue
      warnOfLowBits(networks, network, word, scope)
      if (!networks.delete(network)) scope.warn(word.span, `no network "${word.text}" to delete`)
      continue
    }
    const value = wireText(word.text)
    for (const network of name.text === 'default' ? EVERYTHING : [networkOf(name.text)]) {
      if (network === null) continue
      warnOfLowBits(networks, network, name, scope)
      const old = networks.add(network, value)
      if (old !== null) {
        scope.warn(name.span, `duplicate network "${name.text}", value: "${word.text}", old value: "${old}"`)
      }
    }
  }
  return (address) => (typeof address === 'number' ? networks.findIpv4(address) : networks.findIpv6(address))
}

const EVERYTHING: readonly Cidr[] = [
  { address: '0.0.0.0', bits: 0, family: 4 },
  { address: '::', bits: 0, family: 6 },
]

/** nginx takes the highest address in `geo` alone. */
function networkOf(text: string): Cidr | null {
  return text === '255.255.255.255' ? { address: text, bits: 32, family: 4 } : parseCidr(text)
}

function warnOfLowBits(
  networks: Networks,
  network: Cidr,
  { text, span }: Directive['name'],
  scope: CompileScope,
): void {
  if (networks.hasLowBits(network)) scope.warn(span, `low address bits of ${text} are meaningless`)
}

/** Ranges are of IPv4: every other address is asked for as the highest one. */
function compileRanges(lines: readonly Directive[], scope: CompileScope): (address: number | bigint) => string {
  const ranges = new Ranges()
  let otherwise: string | null = null
  for (const { name, args } of lines) {
    const [word] = args
    if (word === undefined || name.text === 'proxy') continue
    if (name.text === 'default') {
      if (otherwise !== null) {
        scope.warn(name.span, `duplicate default geo range value: "${word.text}", old value: "${otherwise}"`)
      }
      otherwise = wireText(word.text)
      continue
    }
    const net = name.text === 'delete' ? word : name
    const range = parseRange(net.text)
    if (range === null) continue
    if (name.text === 'delete') {
      if (!ranges.delete(range)) scope.warn(net.span, `no address range "${net.text}" to delete`)
      continue
    }
    const added = ranges.add(range, wireText(word.text))
    if (added.kind === 'overlaps') scope.error(net.span, `range "${net.text}" overlaps "${added.with}"`)
    for (const old of added.kind === 'duplicate' ? added.old : []) {
      scope.warn(net.span, `duplicate range "${net.text}", value: "${word.text}", old value: "${old}"`)
    }
  }
  return (address) => ranges.find(typeof address === 'number' ? address : NO_ADDRESS) ?? otherwise ?? ''
}

/** The proxies that are trusted to name the client; null where none are. */
function proxiesOf(lines: readonly Directive[]): BlockList | null {
  const networks = lines.flatMap(({ name, args }) => (name.text === 'proxy' ? [networkOf(args[0]?.text ?? '')] : []))
  if (networks.length === 0) return null
  const list = new BlockList()
  for (const network of networks) {
    if (network !== null) list.addSubnet(network.address, network.bits, network.family === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}
