import { createRequire } from 'node:module'
import { runInNewContext } from 'node:vm'
import { MAX_PATTERN_LENGTH } from './limits.ts'

const require = createRequire(import.meta.url)

/** A regular expression that a user wrote. However it is written, it comes to an end. */
export interface Pattern {
  /** As it is written. */
  readonly source: string
  /** Whether it matches some part of a text. @throws {PatternBudgetError} */
  test(text: string): boolean
  /**
   * All that it matches first in a text, then each group: undefined where the group took no part. Null where nothing matches.
   * @throws {PatternBudgetError}
   */
  exec(text: string): readonly (string | undefined)[] | null
}

/** A pattern ready for use, or why it is none: a sentence. */
export type PatternOrProblem = { readonly pattern: Pattern } | { readonly problem: string }

export interface PatternOptions {
  readonly ignoreCase?: boolean
}

/** A pattern that is not RE2's was still looking for a match when its time was up. */
export class PatternBudgetError extends Error {}

const BUDGET_MS = 1_000

/**
 * Compiles a regular expression of a scenario. RE2 matches it, in time that grows with the text's length alone. What RE2 does
 * not know, such as look-around and back-references, JavaScript's own engine takes: it may try a text in exponentially many
 * ways, and so it has a second.
 */
export function compilePattern(text: string, options: PatternOptions = {}): PatternOrProblem {
  if (text.length > MAX_PATTERN_LENGTH)
    return { problem: `a regular expression has at most ${MAX_PATTERN_LENGTH} characters` }
  if (/\$\{[A-Za-z_][\w-]*\}/.test(text)) return { problem: 'a captured value cannot be used in a regular expression' }
  try {
    return { pattern: linear(text, options) }
  } catch (error) {
    return backtracking(text, options) ?? { problem: `this is not a regular expression: ${factOf(error)}` }
  }
}

function linear(source: string, { ignoreCase = false }: PatternOptions): Pattern {
  // Loaded when a pattern is used: it takes longer than many a green run.
  const { RE2JS }: typeof import('re2js') = require('re2js')
  const compiled = RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
  return { source, test: (text) => compiled.test(text), exec: (text) => compiled.exec(text) }
}

function backtracking(source: string, { ignoreCase = false }: PatternOptions): { readonly pattern: Pattern } | null {
  try {
    const expression = new RegExp(source, ignoreCase ? 'i' : '')
    const exec: Pattern['exec'] = (text) => execWithin(expression, text)
    return { pattern: { source, test: (text) => exec(text) !== null, exec } }
  } catch {
    return null
  }
}

/** Only a script of its own can be stopped in the middle of a match. */
function execWithin(expression: RegExp, text: string): ReturnType<Pattern['exec']> {
  try {
    return runInNewContext('expression.exec(text)', { expression, text }, { timeout: BUDGET_MS })
  } catch (error) {
    if (!isTimeout(error)) throw error
    throw new PatternBudgetError(
      `it was still trying after ${BUDGET_MS / 1000} s. Write it without look-around and back-references`,
    )
  }
}

/** Made in the script's own context, where Error is another class. */
function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
}

function factOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/^error parsing regexp: /, '')
}
