import pc from 'picocolors'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { printable, renderDiagnostics } from '../diagnostics/render.ts'
import { maskNames } from '../secrets/mask.ts'
import { maskDiagnostics } from '../secrets/mask-diagnostic.ts'

/** Whether a stream gets colours: a terminal does, unless NO_COLOR is set (no-color.org); FORCE_COLOR overrules. */
export function wantsColor(stream: NodeJS.WriteStream): boolean {
  if (process.env.NO_COLOR !== undefined && process.env.NO_COLOR !== '') return false
  if (process.env.FORCE_COLOR !== undefined) return process.env.FORCE_COLOR !== '0'
  return stream.isTTY === true && pc.isColorSupported
}

/**
 * Prints what went wrong to standard error. It may quote an argument or a file name, which a terminal must not obey; what is
 * secret in it by its name is masked.
 */
export function complain(message: string): void {
  process.stderr.write(`chain: ${printableLines(maskNames(message))}\n`)
}

/** A text whose control characters are seen and do nothing; its lines stay lines. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

/** Prints problems of files to standard error, each with its line and a caret. */
export function complainOf(problems: readonly Diagnostic[]): void {
  process.stderr.write(`${renderDiagnostics(maskDiagnostics(problems), { color: wantsColor(process.stderr) })}\n`)
}
