import path from 'node:path'
import type { Span } from '../diagnostics/span.ts'

/** GitHub shows ten errors of a step, and drops the others (docs.github.com, "Usage limits" of checks and annotations). */
export const MAX_ANNOTATIONS = 10

/** GitHub cuts a longer message; nobody reads one at a line of code. */
const MAX_MESSAGE = 4_000

/** One thing to tell at a line of a file. */
export interface Annotation {
  readonly span: Span
  readonly title: string
  readonly message: string
}

/**
 * A workflow command that makes an annotation (docs.github.com, "Workflow commands for GitHub Actions"), with its line break.
 * @param root the folder that file names are relative to: the checked out repository
 */
export function annotationCommand(
  kind: 'error' | 'warning',
  { span, title, message }: Annotation,
  root: string,
): string {
  const place = {
    file: fileIn(root, span.file),
    line: span.line,
    col: span.column,
    endColumn: span.column + span.length,
  }
  const known = place.file === null ? { title } : { ...place, title }
  const properties = Object.entries(known).map(([name, value]) => `${name}=${escapedProperty(String(value))}`)
  return `::${kind} ${properties.join(',')}::${escapedData(message.slice(0, MAX_MESSAGE))}\n`
}

/** An annotation without a place, with its line break. */
export function noticeCommand(message: string): string {
  return `::notice::${escapedData(message)}\n`
}

/** A text for standard output whose lines the runner does not take for commands, whatever a file or a backend has put there. */
export function withoutCommands(text: string): string {
  return text.replace(/^([ \t]*):(?=:)/gm, '$1: ').replaceAll('##[', '## [')
}

/** Null where the file is none of the repository's: there is no page that could show it. */
function fileIn(root: string, file: string): string | null {
  const relative = path.relative(root, path.resolve(file))
  return relative.startsWith('..') || path.isAbsolute(relative) ? null : relative.split(path.sep).join('/')
}

/** The runner takes these back, and ends the command at a line break. */
function escapedData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
