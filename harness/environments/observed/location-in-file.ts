import { ruleOf } from '../../nginx/core/scope.ts'
import type { Directive, SiteFile } from '../../nginx/syntax/syntax.ts'
import { wireText } from '../../nginx/syntax/wire.ts'
import type { Rule } from '../../trace/trace.ts'
import type { ObservedLocation } from './observation.ts'

/** A location of the site file that a log names. */
export interface LocationInFile {
  /** As the model words it: `/api/`, `= /health`, `~ ^/api`, `^~ /x`, `@fallback`. */
  readonly label: string
  readonly rule: Rule
  /** The directives of its block. */
  readonly block: readonly Directive[]
}

interface Candidate extends LocationInFile {
  readonly kind: ObservedLocation['kind']
  readonly name: string
  readonly server: Directive
  /** The names of the locations around it. */
  readonly around: readonly string[]
}

/**
 * Looks up the location that nginx's log names. Where several have the name, the one counts whose server is the request's
 * and whose surrounding locations were tested on the way.
 * @param servers from the likeliest on
 */
export function findLocation(
  site: SiteFile,
  { kind, name, tested }: ObservedLocation,
  servers: readonly Directive[],
): LocationInFile | null {
  const named = candidatesIn(site).filter((one) => one.kind === kind && one.name === name)
  const fitting = named.filter(({ around }) => around.every((outer) => tested.has(outer)))
  const pool = fitting.length > 0 ? fitting : named
  return pool.toSorted((a, b) => rank(a.server, servers) - rank(b.server, servers))[0] ?? null
}

function rank(server: Directive, servers: readonly Directive[]): number {
  const at = servers.indexOf(server)
  return at === -1 ? servers.length : at
}

function candidatesIn({ directives }: SiteFile): Candidate[] {
  return directives
    .filter(({ name }) => name.text === 'server')
    .flatMap((server) => locationsIn(server.block ?? [], server, []))
}

function locationsIn(block: readonly Directive[], server: Directive, around: readonly string[]): Candidate[] {
  return block
    .filter(({ name }) => name.text === 'location')
    .flatMap((directive) => {
      const head = headOf(directive)
      const inner = directive.block ?? []
      const location = { ...head, rule: ruleOf(directive), block: inner, server, around }
      return [location, ...locationsIn(inner, server, [...around, head.name])]
    })
}

const KINDS: Readonly<Record<string, ObservedLocation['kind']>> = {
  '=': 'exact',
  '~': 'regex',
  '~*': 'regex',
  '^~': 'prefix',
  '': 'prefix',
}

/** Modifier and name may be written as one word (ngx_http_core_location). */
function headOf({ args }: Directive): Pick<Candidate, 'kind' | 'name' | 'label'> {
  const [first, second] = args
  const text = first?.text ?? ''
  if (second === undefined && text.startsWith('@')) return { kind: 'named', name: wireText(text), label: text }
  const [, glued = '', rest = ''] = /^(=|\^~|~\*?|)([\s\S]*)$/.exec(text) ?? []
  const [modifier, name] = second === undefined ? [glued, rest] : [text, second.text]
  return {
    kind: KINDS[modifier] ?? 'prefix',
    name: wireText(name),
    label: modifier === '' ? name : `${modifier} ${name}`,
  }
}
