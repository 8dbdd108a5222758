import type { Rule } from '../../trace/trace.ts'
import { translatePattern } from './translate-pattern.ts'

/** A compiled regular expression of a site file. It works on bytes held as Latin-1. */
export interface Regex {
  /** As written, without the `~` or `~*` before it. */
  readonly pattern: string
  readonly caseless: boolean
  /** Whether it has groups that capture. */
  readonly captures: boolean
  /** The names of its named groups. */
  readonly names: readonly string[]
  readonly compiled: RegExp
  /** Why it cannot be asked: it may mean something else to PCRE than here. Null where it can. */
  readonly refused: { readonly rule: Rule; readonly because: string } | null
  /** Bytes of a text that it is safe to run on: see {@link BacktrackMeter}. */
  readonly maxBytes: number
}

/** `invalid`: nginx refuses it, in PCRE's words. `unsupported`: nginx would take it, but it may mean something else here. */
export type RegexResult =
  | { readonly kind: 'ok'; readonly regex: Regex }
  | { readonly kind: 'invalid'; readonly because: string }
  | { readonly kind: 'unsupported'; readonly because: string }

/** Compiles a PCRE pattern as nginx does (ngx_regex_compile). Whatever JavaScript might read differently is refused. */
export function compileRegex(pattern: string, caseless: boolean): RegexResult {
  const translated = translatePattern(pattern, caseless)
  if (translated.kind !== 'ok') return translated
  const { source, flags, names, groups, degree } = translated
  try {
    const compiled = new RegExp(source, flags)
    return {
      kind: 'ok',
      regex: { pattern, caseless, captures: groups > 0, names, compiled, refused: null, maxBytes: maxBytesOf(degree) },
    }
  } catch {
    return {
      kind: 'unsupported',
      because: `the regular expression "${pattern}" is beyond what the model can translate`,
    }
  }
}

/** Stands for a pattern that nginx would take and the model cannot ask: a request that comes to it is refused. */
export function refusedRegex(pattern: string, caseless: boolean, rule: Rule, because: string): Regex {
  const names = [...pattern.matchAll(/\(\?P?[<'](\w+)[>']/g)].map(([, name = '']) => name)
  const refused = { rule, because }
  return { pattern, caseless, captures: true, names, compiled: /(?!)/, refused, maxBytes: Number.POSITIVE_INFINITY }
}

/** Steps that a match may take: PCRE gives up at ten million of its own. */
const MAX_STEPS = 1e8

/** A text that is tried from each of its bytes on adds one to the power. */
function maxBytesOf(degree: number): number {
  return degree < 2 ? Number.POSITIVE_INFINITY : Math.floor(MAX_STEPS ** (1 / degree))
}
