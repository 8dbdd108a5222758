import type { Rule } from '../../trace/trace.ts'
import { parsePattern } from './parse-pattern.ts'
import { type MatchResult, runProgram } from './pattern-matcher.ts'
import type { GroupName, ParsedPattern } from './pattern-node.ts'
import { compileProgram, type Program } from './pattern-program.ts'
import { toJavaScript } from './to-javascript.ts'

/** A compiled regular expression of a site file. It works on bytes held as Latin-1. */
export interface Regex {
  /** As written, without the `~` or `~*` before it. */
  readonly pattern: string
  readonly caseless: boolean
  /** Whether it has groups that capture. */
  readonly captures: boolean
  /** How many there are. */
  readonly groups: number
  readonly names: readonly GroupName[]
  /** Why it cannot be asked: the model does not know what PCRE makes of it. Null where it can. */
  readonly refused: { readonly rule: Rule; readonly because: string } | null
  /** The first match in a text. */
  exec(text: string): MatchResult
}

/** `invalid`: nginx refuses it, in PCRE's words. `unsupported`: nginx would take it, but the model does not know what it means. */
export type RegexResult =
  | { readonly kind: 'ok'; readonly regex: Regex }
  | { readonly kind: 'invalid' | 'unsupported'; readonly because: string }

/**
 * Compiles a PCRE pattern as nginx does (ngx_regex_compile). JavaScript runs it where it does the same; else a matcher that goes
 * the ways of PCRE.
 * @param pcre2 see {@link parsePattern}
 */
export function compileRegex(pattern: string, caseless: boolean, pcre2 = true): RegexResult {
  const result = parsePattern(pattern, caseless, pcre2)
  if (result.kind !== 'ok') return result
  const { names, groups } = result.parsed
  const exec = executor(result.parsed)
  return { kind: 'ok', regex: { pattern, caseless, captures: groups > 0, groups, names, refused: null, exec } }
}

function executor(parsed: ParsedPattern): (text: string) => MatchResult {
  let program: Program | null = null
  const ofPcre = (text: string) => {
    program ??= compileProgram(parsed)
    return runProgram(program, text)
  }
  const native = toJavaScript(parsed)
  if (native === null) return ofPcre
  const { compiled, maxBytes } = native
  return (text) => (text.length > maxBytes ? ofPcre(text) : compiled.exec(text))
}

/** Stands for a pattern that nginx would take and the model cannot ask: a request that comes to it is refused. */
export function refusedRegex(pattern: string, caseless: boolean, rule: Rule, because: string): Regex {
  const named = [...pattern.matchAll(/\(\?P?[<'](\w+)[>']/g)].map(([, name = '']) => name)
  const names = [...new Set(named)].map((name) => ({ name, group: 0 }))
  return { pattern, caseless, captures: true, groups: 0, names, refused: { rule, because }, exec: () => 'gave-up' }
}
