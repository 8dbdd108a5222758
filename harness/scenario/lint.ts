import { METHODS } from 'node:http'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Place } from '../diagnostics/place.ts'
import type { Span } from '../diagnostics/span.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { isPlainMap, type PlainValue } from '../diagnostics/yaml-to-plain.ts'
import { compilePattern, PatternBudgetError } from './pattern.ts'
import { placeholdersIn } from './placeholders.ts'

type PlainMap = { readonly [key: string]: PlainValue }
type Warn = (place: Place, span: Span, code: string, message: string, hint: string) => void

/**
 * What a scenario may well mean, and hardly does: it is valid, and runs. `value` is the file, `place` its place.
 * @param columns the names of its examples
 */
export function lint(value: PlainValue, place: Place, columns: readonly string[]): Diagnostic[] {
  const found: Diagnostic[] = []
  const warn: Warn = ({ source }, span, code, message, hint) => {
    found.push({ code, severity: 'warning', message, span, source, hint })
  }
  const steps = isPlainMap(value) && Array.isArray(value.steps) ? value.steps : []
  const names = new Set([...columns, ...steps.flatMap(capturesOf)])
  const used = new Set<string>()
  steps.forEach((step, index) => {
    if (!isPlainMap(step)) return
    const at = place.at('steps', index)
    lintMethods(step, at, warn)
    lintReach(step, at, warn)
    lintBodies(step.expect ?? null, at.at('expect'), warn)
    eachText(step, at, (text, where, keys) => {
      for (const name of placeholdersIn(text)) used.add(name)
      if (!keys.some((key) => FREE_TEXTS.has(key))) lintPlaceholders(text, where, keys, names, warn)
    })
  })
  steps.forEach((step, index) => {
    for (const name of capturesOf(step)) {
      if (used.has(name)) continue
      const at = place.at('steps', index, 'capture', name)
      warn(at, at.keySpan, 'W_CAPTURE_UNUSED', `no step uses \${${name}}`, 'Use it in a later step, or leave it out.')
    }
  })
  return found
}

/** The methods that Node.js knows are those of IANA's registry, and some older ones. */
function lintMethods(step: PlainMap, place: Place, warn: Warn): void {
  const told = (text: string, at: Place, span: Span): void => {
    if (text.includes('$') || METHODS.includes(text)) return
    const near = METHODS.find((method) => method === text.toUpperCase()) ?? suggest(text, METHODS)
    const message = `"${text}" is no method of HTTP${near === undefined ? '' : `: did you mean ${near}?`}`
    warn(at, span, 'W_METHOD_UNKNOWN', message, METHOD_HINT)
  }
  if (typeof step.request === 'string') {
    const at = place.at('request')
    const method = step.request.split(' ', 1)[0] ?? ''
    // It may stand in quotes.
    const quotes = /^["']/.test(at.source.lineText(at.span.line).slice(at.span.column - 1)) ? 1 : 0
    told(method, at, { ...at.span, column: at.span.column + quotes, length: Math.max(1, method.length) })
  }
  const expect = step.expect ?? null
  const backend = isPlainMap(expect) ? (expect.backend ?? null) : null
  if (!isPlainMap(backend) || typeof backend.method !== 'string') return
  const at = place.at('expect', 'backend', 'method')
  told(backend.method, at, at.span)
}

const METHOD_HINT = 'Methods are written in capitals: GET, POST. It is sent as it stands.'

/** What a request that enters behind a hop can show of that hop. */
function lintReach(step: PlainMap, place: Place, warn: Warn): void {
  const { via = 'nginx', expect = null } = step
  if (via === 'nginx' || typeof via !== 'string' || via.includes('$') || !isPlainMap(expect)) return
  for (const hop of via === 'gateway' ? ['nginx'] : ['nginx', 'gateway']) {
    // That it is not reached is no news, and often said to make the entry plain.
    if (expect[hop] === undefined || expect[hop] === 'unreached') continue
    const at = place.at('expect', hop)
    const message = `a request via ${via} never reaches ${hop}: this cannot pass`
    warn(at, at.keySpan, 'W_EXPECTS_NEVER', message, `Leave it out, or leave "via" out.`)
  }
}

/** A body is always there, if only as an empty one: what every text has says nothing. A header may be missing. */
function lintBodies(value: PlainValue, place: Place, warn: Warn): void {
  if (!isPlainMap(value)) return
  for (const [key, member] of Object.entries(value)) {
    const at = place.at(key)
    if (key === 'body' && isPlainMap(member) && holdsOfAny(member)) {
      warn(
        at,
        at.span,
        'W_EXPECTS_ALWAYS',
        'every body is so: this cannot fail',
        'Leave it out, or expect something that can go wrong.',
      )
    } else if (key !== 'headers' && key !== 'params') lintBodies(member, at, warn)
  }
}

/** Texts that have nothing in common but what every text has. */
const ANY = ['', '0', '{"a": [1]}', '\n \u00e9~']

function holdsOfAny({ contains, matches }: PlainMap): boolean {
  if (contains !== undefined) return contains === ''
  // A long one is not about every text.
  if (typeof matches !== 'string' || matches.length > 20 || matches.includes('${')) return false
  const result = compilePattern(matches)
  if (!('pattern' in result)) return false
  try {
    return ANY.every((text) => result.pattern.test(text))
  } catch (error) {
    if (error instanceof PatternBudgetError) return false
    throw error
  }
}

/** Keys whose texts have braces of their own: patterns, names of routes and locations, bodies of files. */
const FREE_TEXTS: ReadonlySet<string> = new Set(['edit', 'matches', 'location', 'route', 'capture', 'params'])

/** `{id}`, `{{id}}` or `$id`, where the file has a value of that name: it is sent as it stands. */
function lintPlaceholders(
  text: string,
  place: Place,
  keys: readonly string[],
  names: ReadonlySet<string>,
  warn: Warn,
): void {
  const isTarget = keys.length === 1 && ['request', 'websocket', 'target'].includes(keys[0] ?? '')
  for (const { 0: whole, 1: braced, 2: bare } of text.matchAll(LOOKS_LIKE)) {
    const name = braced ?? bare ?? ''
    // No URI has braces (RFC 3986 section 2), so in a target it is one in any case.
    if (!names.has(name) && !(isTarget && braced !== undefined)) continue
    const message = `"${whole}" is no placeholder, and is taken as it stands`
    warn(
      place,
      place.span,
      'W_PLACEHOLDER_MEANT',
      message,
      `Write \${${name}} for a value of the examples, or one that a step captures.`,
    )
    return
  }
}

/** Not behind `$`, which makes a placeholder of it; names are bounded, and begin with a letter. */
const LOOKS_LIKE = /(?<![$\w{])\{\{? ?([A-Za-z_][\w-]{0,63}) ?\}?\}|\$([A-Za-z_]\w{0,63})(?![\w{])/g

function capturesOf(step: PlainValue): string[] {
  const capture = isPlainMap(step) ? step.capture : undefined
  return capture !== undefined && isPlainMap(capture) ? Object.keys(capture) : []
}

/** @param visit gets each text with its place, and the keys that lead to it */
function eachText(
  value: PlainValue,
  place: Place,
  visit: (text: string, place: Place, keys: readonly string[]) => void,
  keys: readonly string[] = [],
): void {
  if (typeof value === 'string') visit(value, place, keys)
  else if (Array.isArray(value)) value.forEach((item, index) => void eachText(item, place.at(index), visit, keys))
  else if (isPlainMap(value)) {
    for (const [key, member] of Object.entries(value)) eachText(member, place.at(key), visit, [...keys, key])
  }
}
