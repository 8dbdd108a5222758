import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Source } from '../diagnostics/source.ts'
import { maskNames } from './mask.ts'
import { maskSource } from './mask-source.ts'

/** Problems of files without what is secret by its name: in their words, and in the lines that are quoted. */
export function maskDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const masked = new Map<Source, Source>()
  return diagnostics.map((diagnostic) => {
    const { source, message, hint } = diagnostic
    const words = { message: maskNames(message), ...(hint === undefined ? {} : { hint: maskNames(hint) }) }
    if (source === undefined) return { ...diagnostic, ...words }
    const quoted = masked.get(source) ?? maskSource(source)
    masked.set(source, quoted)
    return { ...diagnostic, ...words, source: quoted }
  })
}
