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

/** The columns of a terminal that does not know its size, as one without a window. */
const USUAL_COLUMNS = 80

/** How wide the terminal of standard output is now; null where that is no terminal. */
export function terminalColumns(): number | null {
  if (process.stdout.isTTY !== true) return null
  return process.stdout.columns > 0 ? process.stdout.columns : USUAL_COLUMNS
}

/** The terminal of standard output, where somebody watches it: neither a CI system nor a terminal that can only write on. */
export function watchedTerminal(): { readonly columns: number } | null {
  if (terminalColumns() === null || isCi() || process.env.TERM === 'dumb') return null
  return {
    get columns() {
      return terminalColumns() ?? USUAL_COLUMNS
    },
  }
}

/** Whether a CI system runs this: then nobody is there who could do something. */
export function isCi(): boolean {
  const { CI = '' } = process.env
  return CI !== '' && CI !== 'false'
}

/** Erases to the end of the line (ECMA-48, EL): what a live line has left there. */
const ERASE_LINE = '\u001b[K'

/** Writes to standard error, over a line of standard output that stands there only for now. */
export function writeError(text: string): void {
  process.stderr.write(process.stderr.isTTY === true && watchedTerminal() !== null ? ERASE_LINE + text : text)
}

/**
 * Prints what went wrong to standard error. It may quote an argument or a file name, which a terminal must not obey; what is
 * secret in it by its name is masked.
 */
export function complain(message: string): void {
  writeError(`chain: ${printableLines(maskNames(message))}\n`)
}

/** A text whose control characters are seen and do nothing; its lines stay lines. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

/** Prints problems of files to standard error, each with its line and a caret. */
export function complainOf(problems: readonly Diagnostic[]): void {
  writeError(`${renderDiagnostics(maskDiagnostics(problems), { color: wantsColor(process.stderr) })}\n`)
}
