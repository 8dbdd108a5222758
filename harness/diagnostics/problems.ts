import type { Diagnostic } from './diagnostic.ts'
import type { Source } from './source.ts'
import type { Span } from './span.ts'

/** Problems that are told at once; nobody reads more. */
export const MAX_PROBLEMS = 100

/** Collects the problems of files while they are read, so that all of them can be told at once. */
export class Problems {
  readonly #seen = new Set<string>()
  readonly #list: Diagnostic[] = []

  get list(): readonly Diagnostic[] {
    return this.#list
  }

  get isFull(): boolean {
    return this.#list.length === MAX_PROBLEMS
  }

  /** Notes an error at a place of `source`. The same error at the same place is noted once. */
  add(source: Source, span: Span, code: string, message: string, hint?: string): void {
    const diagnostic: Diagnostic = { code, severity: 'error', message, span, source }
    this.addAll([hint === undefined ? diagnostic : { ...diagnostic, hint }])
  }

  addAll(diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics) {
      const { file, line, column } = diagnostic.span
      const key = `${file}:${line}:${column}:${diagnostic.code}:${diagnostic.message}`
      if (this.#seen.has(key) || this.isFull) continue
      this.#seen.add(key)
      this.#list.push(diagnostic)
    }
  }
}
