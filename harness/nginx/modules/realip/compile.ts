import { BlockList, isIPv6 } from 'node:net'
import type { Span } from '../../../diagnostics/span.ts'
import { ModuleSettings } from '../../core/module.ts'
import type { CompileScope } from '../../core/scope.ts'
import { parseCidr } from '../../syntax/addresses.ts'
import type { Block } from '../../syntax/block.ts'

/** `set_real_ip_from` and its kin. `from` is null where no proxy is trusted. */
export interface RealIp {
  readonly from: BlockList | null
  /** The header's name in lower case; `proxy_protocol` is no header's. */
  readonly header: string
  readonly recursive: boolean
}

export const realIp = new ModuleSettings<RealIp>({ from: null, header: 'x-real-ip', recursive: false }, compileRealIp)

/** `set_real_ip_from`, `real_ip_header`, `real_ip_recursive` of a block (ngx_http_realip_module). */
function compileRealIp(block: Block, around: RealIp, scope: CompileScope): RealIp {
  const header = block.one('real_ip_header')
  const name = header?.args[0]?.text.toLowerCase()
  return {
    from: trusted(block, scope) ?? around.from,
    header: name ?? around.header,
    recursive: block.flag('real_ip_recursive', around.recursive),
  }
}

function trusted(block: Block, scope: CompileScope): BlockList | null {
  const directives = block.all('set_real_ip_from')
  if (directives.length === 0) return null
  const list = new BlockList()
  for (const { args, span } of directives) {
    const text = args[0]?.text ?? ''
    const network = parseCidr(text)
    if (network !== null) list.addSubnet(network.address, network.bits, network.family === 4 ? 'ipv4' : 'ipv6')
    else if (text !== 'unix:') addHost(list, text, span, scope)
  }
  return list
}

/** A name stands for every address that it has when the file is loaded. */
function addHost(list: BlockList, name: string, span: Span, scope: CompileScope): void {
  const addresses = scope.world.resolve(name)
  if (addresses.length === 0) scope.hostNotFound(span, `set_real_ip_from "${name}"`)
  for (const address of addresses) list.addAddress(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}
