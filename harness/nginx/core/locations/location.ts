import { Block } from '../../syntax/block.ts'
import type { Directive, Word } from '../../syntax/syntax.ts'
import { wireText } from '../../syntax/wire.ts'
import { compileSettings } from '../compile-settings.ts'
import { refusedHandler } from '../directives/compile-refusals.ts'
import { compileTryFiles } from '../files/compile-try-files.ts'
import { type CompileScope, ruleOf } from '../scope.ts'
import type { Settings } from '../settings.ts'
import type { Location, LocationSet, Modifier } from '../site-config.ts'
import { compileLimitExcept } from './compile-limit-except.ts'
import { compilePass } from './compile-pass.ts'
import type { InLocation } from './in-location.ts'
import { locationSet } from './location-set.ts'

/** A location while it is compiled: what the ones inside it must know of it. */
interface Around {
  readonly name: string
  readonly modifier: Modifier
}

/** Compiles the locations of a block, with the ones inside them. Named ones come apart: they stand on the server's level only. */
export function compileLocations(
  directives: readonly Directive[],
  settings: Settings,
  around: Around | null,
  scope: CompileScope,
): { set: LocationSet; named: Map<string, Location> } {
  const named = new Map<string, Location>()
  const locations: Location[] = []
  for (const directive of directives) {
    if (directive.name.text !== 'location') continue
    const location = compileLocation(directive, settings, around, scope)
    if (location === null) continue
    if (location.modifier !== '@') locations.push(location)
    else if (!named.has(location.name)) named.set(location.name, location)
  }
  return { set: locationSet(locations, scope), named }
}

function compileLocation(
  directive: Directive,
  outer: Settings,
  around: Around | null,
  scope: CompileScope,
): Location | null {
  const head = readHead(directive, scope)
  if (head === null) return null
  const { modifier, name, written, label } = head
  if (around !== null && !mayStandInside(directive, head, around, scope)) return null

  const regex = modifier === '~' || modifier === '~*' ? scope.regex(written, modifier === '~*', directive.span) : null
  if (regex === null && (modifier === '~' || modifier === '~*')) return null
  return compileBody(directive, { modifier, name, label, regex }, outer, scope)
}

interface Head {
  readonly modifier: Modifier
  readonly name: string
  /** The name as it stands in the file. */
  readonly written: string
  readonly label: string
}

/** What tells a location apart from others. */
type Named = Pick<Location, 'modifier' | 'name' | 'label' | 'regex'>

function compileBody(directive: Directive, head: Named, outer: Settings, scope: CompileScope): Location {
  const { modifier, name } = head
  const directives = directive.block ?? []
  const block = new Block(directives)
  const settings = compileSettings(block, outer, inLocation(head), scope)
  const tryFiles = block.one('try_files')
  const limitExcept = block.one('limit_except')
  const plain: Location = {
    ...head,
    rule: ruleOf(directive),
    settings,
    pass: compilePass(block, name, modifier, null, scope),
    tryFiles: tryFiles === undefined ? null : compileTryFiles(tryFiles, scope),
    limitExcept: null,
    refusedHandler: refusedHandler(block, scope),
    children: compileLocations(directives, settings, { name, modifier }, scope).set,
  }
  const location =
    limitExcept === undefined ? plain : { ...plain, limitExcept: compileLimitExcept(limitExcept, plain, scope) }
  for (const module of scope.modules) module.location?.(location, block, false, scope)
  return location
}

function inLocation({ name, modifier, regex }: Named): InLocation {
  return { name, kind: modifier === '@' ? 'named' : regex === null ? 'plain' : 'regex' }
}

/** The modifier and the name, which may be written as one word (ngx_http_core_location). */
function readHead(directive: Directive, scope: CompileScope): Head | null {
  const [first, second] = directive.args
  if (first === undefined) return null
  if (second !== undefined) {
    const modifier = first.text
    if (modifier === '=' || modifier === '^~' || modifier === '~' || modifier === '~*')
      return headOf(modifier, second.text)
    scope.error(directive.span, `invalid location modifier "${modifier}"`)
    return null
  }
  const [, modifier = '', name = ''] = /^(=|\^~|~\*?|)([\s\S]*)$/.exec(first.text) ?? []
  return headOf(asModifier(modifier, first), name)
}

function asModifier(text: string, { text: whole }: Word): Modifier {
  if (text === '=' || text === '^~' || text === '~' || text === '~*') return text
  return whole.startsWith('@') ? '@' : ''
}

function headOf(modifier: Modifier, text: string): Head {
  const name = wireText(text)
  const plain = modifier === '' || modifier === '@'
  return { modifier, name, written: text, label: plain ? text : `${modifier} ${text}` }
}

function mayStandInside(directive: Directive, { modifier, name }: Head, around: Around, scope: CompileScope): boolean {
  const problem = problemInside(modifier, name, around)
  if (problem !== null) scope.error(directive.span, problem)
  return problem === null
}

function problemInside(modifier: Modifier, name: string, around: Around): string | null {
  if (around.modifier === '=') return `location "${name}" cannot be inside the exact location "${around.name}"`
  if (around.modifier === '@') return `location "${name}" cannot be inside the named location "${around.name}"`
  if (modifier === '@') return `named location "${name}" can be on the server level only`
  const isRegex = modifier === '~' || modifier === '~*'
  if (!isRegex && !name.startsWith(around.name)) return `location "${name}" is outside location "${around.name}"`
  return null
}
