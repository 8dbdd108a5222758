import { isIP } from 'node:net'
import type { Pin } from '../chain/service.ts'
import type { Source } from '../diagnostics/source.ts'
import type { Directive, SiteFile, Word } from './syntax/syntax.ts'

/** `10.43.1.2`, `10.43.1.2:9000` or `[fd00::1]:9000`, up to what follows an authority in a URL, a variable included. */
const ADDRESS = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+))(?::(\d{1,5}))?(?=[/?$]|$)/i

const SCHEME = /^http(s?):\/\//i

/**
 * Every literal address in a `proxy_pass`, a `fastcgi_pass` and its like, in a `server` line of an upstream, and in a value that `set` or `map` gives a
 * variable which stands in a `proxy_pass`; in file order. The span covers the address alone, without brackets and port; the port
 * is 80, or 443 for https, where none is written.
 */
export function findPins(site: SiteFile): Pin[] {
  const variables = new Set(site.directives.flatMap(variablesPassedTo))
  return site.directives.flatMap((directive) => pinsIn(directive, null, variables))
}

/** Whether a directive says where a location sends requests to. */
export function isPass(name: string): boolean {
  return /^(?:proxy|fastcgi|scgi|uwsgi)_pass$/.test(name)
}

/** The variables that stand in the `proxy_pass` lines of a directive's block. */
function variablesPassedTo({ name, args, block }: Directive): string[] {
  if (block !== null) return block.flatMap(variablesPassedTo)
  if (!isPass(name.text)) return []
  return [...(args[0]?.text ?? '').matchAll(/\$\{?(\w+)/g)].map(([, variable = '']) => variable.toLowerCase())
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
    // Another text stands for it there: `${NAME}` of a template, whose value is written elsewhere.
    if (line.slice(start, start + span.length) !== address) continue
    lines[span.line - 1] = line.slice(0, start) + next + line.slice(start + span.length)
  }
  return lines.join('\n')
}

function pinsIn(directive: Directive, parent: Directive | null, variables: ReadonlySet<string>): Pin[] {
  const { name, args, block } = directive
  if (block !== null) return block.flatMap((inner) => pinsIn(inner, directive, variables))
  const [first, second] = args
  if (first === undefined) return []
  if (parent?.name.text === 'upstream') return name.text === 'server' ? pinAt(first, 0, 80) : []
  if (name.text === 'proxy_pass') return SCHEME.test(first.text) ? pinInUrl(first) : []
  if (isPass(name.text)) return pinAt(first, /^s?(?:uwsgi|scgi):\/\//i.exec(first.text)?.[0].length ?? 0, 80)
  if (name.text === 'set' && second !== undefined) return isPassedTo(first, variables) ? pinInUrl(second) : []
  const mapped = parent?.name.text === 'map' ? parent.args[1] : undefined
  return mapped !== undefined && isPassedTo(mapped, variables) ? pinInUrl(first) : []
}

function isPassedTo({ text }: Word, variables: ReadonlySet<string>): boolean {
  return text.startsWith('$') && variables.has(text.slice(1).toLowerCase())
}

/** An address behind `http://`, `https://` or nothing, as the value of a variable may be. */
function pinInUrl(word: Word): Pin[] {
  const [scheme = '', tls = ''] = SCHEME.exec(word.text) ?? []
  return pinAt(word, scheme.length, tls === '' ? 80 : 443)
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
