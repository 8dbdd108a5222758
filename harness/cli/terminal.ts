import pc from 'picocolors'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { renderDiagnostics } from '../diagnostics/render.ts'

/** Whether a stream gets colours: a terminal does, unless NO_COLOR is set (no-color.org); FORCE_COLOR overrules. */
export function wantsColor(stream: NodeJS.WriteStream): boolean {
  if (process.env.NO_COLOR !== undefined && process.env.NO_COLOR !== '') return false
  if (process.env.FORCE_COLOR !== undefined) return process.env.FORCE_COLOR !== '0'
  return stream.isTTY === true && pc.isColorSupported
}

/** Prints one line of what went wrong to standard error. */
export function complain(message: string): void {
  process.stderr.write(`chain: ${message}\n`)
}

/** Prints problems of files to standard error, each with its line and a caret. */
export function complainOf(problems: readonly Diagnostic[]): void {
  process.stderr.write(`${renderDiagnostics(problems, { color: wantsColor(process.stderr) })}\n`)
}
