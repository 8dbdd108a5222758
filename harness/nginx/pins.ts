import { isIP } from 'node:net'
import type { Pin } from '../chain/service.ts'
import type { Source } from '../diagnostics/source.ts'
import type { Directive, SiteFile, Word } from './syntax.ts'

/** `10.43.1.2`, `10.43.1.2:9000` or `[fd00::1]:9000`, up to what follows an authority in a URL, a variable included. */
const ADDRESS = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+))(?::(\d{1,5}))?(?=[/?$]|$)/i

const SCHEME = /^http(s?):\/\//i

/**
 * Every literal address in a `proxy_pass` or in a `server` line of an upstream, in file order. The span covers the
 * address alone, without brackets and port; the port is 80, or 443 for https, where none is written.
 */
export function findPins(site: SiteFile): Pin[] {
  return site.directives.flatMap((directive) => pinsIn(directive, ''))
}

/**
 * The text of a file with new addresses at its pins; every other byte stays as it is.
 * @param pins pins of any files: those of other files are left alone
 * @param addresses new address by old one; a pin whose address is not among them stays
 */
export function rewritePins(source: Source, pins: readonly Pin[], addresses: ReadonlyMap<string, string>): string {
  const lines = source.text.split('\n')
  const fromTheRight = pins
    .filter(({ span }) => span.file === source.file)
    .sort((a, b) => b.span.column - a.span.column)
  for (const { address, span } of fromTheRight) {
    const line = lines[span.line - 1]
    const next = addresses.get(address)
    if (line === undefined || next === undefined) continue
    const start = span.column - 1
    lines[span.line - 1] = line.slice(0, start) + next + line.slice(start + span.length)
  }
  return lines.join('\n')
}

function pinsIn({ name, args, block }: Directive, parent: string): Pin[] {
  const [first] = args
  if (block !== null) return block.flatMap((inner) => pinsIn(inner, name.text))
  if (first === undefined) return []
  if (name.text === 'server' && parent === 'upstream') return pinAt(first, 0, 80)
  const scheme = name.text === 'proxy_pass' ? SCHEME.exec(first.text) : null
  return scheme === null ? [] : pinAt(first, scheme[0].length, scheme[1] === '' ? 80 : 443)
}

/** No escape can stand before the address, so that its place in the word's text is its place in the file. */
function pinAt(word: Word, offset: number, defaultPort: number): Pin[] {
  const [, ipv6, ipv4, port] = ADDRESS.exec(word.text.slice(offset)) ?? []
  const address = ipv6 ?? ipv4 ?? ''
  if (isIP(address) === 0) return []
  const column = word.span.column + (word.quoted ? 1 : 0) + offset + (ipv6 === undefined ? 0 : 1)
  return [
    {
      address,
      port: port === undefined ? defaultPort : Number(port),
      span: { ...word.span, column, length: address.length },
    },
  ]
}
