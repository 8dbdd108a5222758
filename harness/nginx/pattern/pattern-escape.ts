import { PatternProblem } from './pattern-problem.ts'

/** Letters that mean something behind a backslash in PCRE (pcre2pattern(3), "BACKSLASH"). Digits do too. */
const KNOWN = /^[abcdefghknoprstvwxzABCDEGHKNPQRSVWXZ]/

/** Letters of Perl that PCRE knows and does not take. */
const OF_PERL = /^[FLlUu]/

/** Letters that have no meaning inside a class. */
const NOT_IN_CLASS = /^[ABGKRXZz]/

/**
 * Holds an escape that is not translated against what PCRE takes.
 * @param at where its backslash stands in the pattern
 * @returns the problem: PCRE's own complaint, or that the model does not know what PCRE makes of it
 */
export function escapeProblem(pattern: string, at: number, inClass: boolean): PatternProblem {
  const letter = pattern.charAt(at + 1)
  if (OF_PERL.test(letter)) {
    const message = 'PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u'
    return PatternProblem.invalid(pattern, message, at + 2)
  }
  if (!KNOWN.test(letter) && !/[0-9]/.test(letter)) {
    return PatternProblem.invalid(pattern, 'unrecognized character follows \\', at + 1)
  }
  if (inClass && letter === 'N') return PatternProblem.invalid(pattern, '\\N is not supported in a class', at + 2)
  if (inClass && NOT_IN_CLASS.test(letter)) {
    return PatternProblem.invalid(pattern, 'escape sequence is invalid in character class', at + 1)
  }
  return PatternProblem.unsupported(pattern, `"\\${letter}"${inClass ? ' in a class' : ''} is not translated`)
}

/** `\xHH` or `\x{HH}` behind its backslash, as JavaScript source with the length it had; null where there is none. */
export function hexEscape(rest: string): { source: string; length: number } | null {
  const hex = /^x(?:\{([0-9a-fA-F]{1,2})\}|([0-9a-fA-F]{1,2}))/.exec(rest)
  if (hex === null) return null
  return { source: `\\x${(hex[1] ?? hex[2] ?? '').padStart(2, '0')}`, length: hex[0].length }
}

/** A character as JavaScript source, with a backslash where it would mean something. */
export function escaped(char: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(char) ? `\\${char}` : char
}
