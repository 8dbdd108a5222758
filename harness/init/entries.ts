import type { Span } from '../diagnostics/span.ts'
import type { Directive } from '../nginx/syntax/syntax.ts'

/** A location, and requests that may come to it, the likeliest first: URLs as a scenario writes them. */
export interface Entry {
  /** As nginx's file writes it: `location /api/`. */
  readonly what: string
  /** What its scenario's file is called. */
  readonly slug: string
  /** The line that a request has to come to; null for a server that has no location. */
  readonly span: Span | null
  readonly urls: readonly string[]
}

/** The locations of a configuration that a client may come to, and requests for each. */
export function entriesOf(directives: readonly Directive[]): Entry[] {
  const servers = directives.flatMap((one) => (one.name.text === 'server' && one.block !== null ? [one.block] : []))
  return servers.flatMap((server) => {
    const base = baseOf(server)
    const locations = locationsOf(server)
    if (locations.length === 0) return [{ what: 'server', slug: slugOf(base, ''), span: null, urls: [`${base}/`] }]
    return locations.map((location): Entry => {
      const words = location.args.map(({ text }) => text)
      const urls = pathsFor(words).map((target) => base + target)
      return {
        what: ['location', ...words].join(' '),
        slug: slugOf(base, words.at(-1) ?? ''),
        span: location.span,
        urls,
      }
    })
  })
}

/** Locations of every depth; named and internal ones no client comes to. */
function locationsOf(block: readonly Directive[]): Directive[] {
  return block.flatMap((one) => {
    if (one.name.text !== 'location' || one.block === null) return []
    const isInternal = one.args[0]?.text.startsWith('@') || one.block.some(({ name }) => name.text === 'internal')
    return [...(isInternal ? [] : [one]), ...locationsOf(one.block)]
  })
}

/** Scheme, name and port of a server; empty where a path alone leads there. */
function baseOf(server: readonly Directive[]): string {
  const listens = server.filter(({ name }) => name.text === 'listen').map(({ args }) => args.map(({ text }) => text))
  const [listen = ['80']] = listens.filter(
    ([address = '']) => !address.startsWith('unix:') && !/^\[(?!::\])/.test(address),
  )
  const [address = '80'] = listen
  const [, port = '80'] = /(?:^|:)(\d+)$/.exec(address) ?? []
  const isTls = listen.includes('ssl')
  const names = server
    .filter(({ name }) => name.text === 'server_name')
    .flatMap(({ args }) => args.map(({ text }) => text))
  const name =
    names.find((one) => /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(one)) ?? names.find((one) => one === 'localhost')
  if (!isTls && port === '80') return name === undefined || name === 'localhost' ? '' : `http://${name}`
  const usual = isTls ? '443' : '80'
  return `${isTls ? 'https' : 'http'}://${name ?? 'localhost'}${port === usual ? '' : `:${port}`}`
}

/** Paths that a location may take. */
function pathsFor(words: readonly string[]): string[] {
  const [first = '', second] = words
  if (second === undefined || first === '^~') {
    const prefix = second ?? first
    if (prefix === '/') return ['/', '/example']
    return prefix.endsWith('/') ? [`${prefix}example`, prefix] : [prefix, `${prefix}/example`]
  }
  if (first === '=') return [second]
  return pathOfPattern(second)
}

/** A path that a regular expression matches, for the forms that people write; none where it is not plain. nginx says whether it does. */
function pathOfPattern(pattern: string): string[] {
  if (pattern.length > 300 || /\(\?[!<=]|\\[bB1-9]/.test(pattern)) return []
  let text = pattern.replace(/^\^/, '').replace(/\$$/, '')
  for (let depth = 0; depth < 4 && text.includes('('); depth++) {
    text = text.replace(/\((?:\?:)?([^()]*)\)([?*])?/g, (_, inside: string, times?: string) =>
      times === undefined ? (inside.split('|', 1)[0] ?? '') : '',
    )
  }
  text = (text.split('|', 1)[0] ?? '')
    .replace(/\[\^[^\]]*\][+*]?/g, 'example')
    .replace(/\[[^\]]*0-9[^\]]*\](?:[+*]|\{\d+\})?|\\d(?:[+*]|\{\d+\})?/g, '7')
    .replace(/\[([a-z])[^\]]*\][+*]?|\\w[+*]?/gi, 'a')
    .replace(/\.[+*]\??/g, 'example')
    .replace(/.\?/g, '')
    .replace(/\\/g, '')
  if (!/^[\w./~!@,;=&%+-]+$/.test(text)) return []
  if (text.endsWith('.')) text += 'example'
  return text.startsWith('/') ? [text] : [`/example${text}`, `/${text}`]
}

function slugOf(base: string, location: string): string {
  const plain = (text: string): string => text.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '')
  const path = plain(location) || 'root'
  return [plain(base.replace(/^https?:\/\//, '')), base.startsWith('https') ? 'tls' : '', path]
    .filter((part) => part !== '' && part !== 'localhost')
    .join('-')
    .toLowerCase()
    .slice(0, 60)
}
