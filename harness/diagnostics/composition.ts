import path from 'node:path'
import type { Diagnostic } from './diagnostic.ts'
import { type Composition, Source, type Written } from './source.ts'
import type { Span } from './span.ts'

/**
 * A text with one part replaced, under the same file name: places in it stay where its readers look for them.
 * @param at the offset of the part, `removed` characters long, that `inserted` replaces
 * @param written where the scenario file says so; undefined where no file does
 */
export function spliced(before: Source, at: number, removed: number, inserted: string, written?: Written): Source {
  const text = before.text.slice(0, at) + inserted + before.text.slice(at + removed)
  const composition = written ? { before, at, removed, inserted, written } : null
  return new Source(before.file, text, composition, before.views)
}

/** A text that a scenario file holds whole. */
export function writtenWhole(file: string, text: string, written?: Written): Source {
  return new Source(file, text, written ? { before: null, at: 0, removed: 0, inserted: text, written } : null)
}

/**
 * A problem of a text that a scenario composes, at its place in the scenario file: a person who opens the file of the chain
 * finds another text there. Every other problem stays as it is.
 */
export function whereWritten(diagnostic: Diagnostic): Diagnostic {
  const { source, span, hint } = diagnostic
  const found = source === undefined ? null : writtenAt(source, span)
  if (found === null) return diagnostic
  const { variant } = found.written
  const who = variant === null ? 'this' : `variant "${variant}"`
  const composed = `It is in line ${span.line} of ${path.basename(span.file)} as ${who} makes it.`
  return {
    ...diagnostic,
    hint: hint === undefined ? composed : `${hint} ${composed}`,
    span: found.span,
    source: found.written.source,
  }
}

/** A place in a text, in the scenario file where that made the text what it is. */
export function placeWritten(source: Source, span: Span): Span {
  return writtenAt(source, span)?.span ?? span
}

/** Whether a place stands in what a change inserted, not in the text that was there before. */
export function isInserted(source: Source, span: Span): boolean {
  const { composition } = source
  return composition !== null && span.file === source.file && insertionAt(composition, source.offsetOf(span)) !== null
}

/** Null where the place is not of this text, or the text is its file's own. */
function writtenAt(source: Source, span: Span): { readonly written: Written; readonly span: Span } | null {
  if (source.composition === null || span.file !== source.file) return null
  const found = insertionAt(source.composition, source.offsetOf(span))
  // Beside what was inserted, the last change is what made the text.
  if (found === null) return { written: source.composition.written, span: wholeOf(source.composition.written) }
  return { written: found.composition.written, span: spanIn(found.composition, found.at, span.length) }
}

/** The change that an offset of a composed text was inserted by, and the offset in what was inserted; null where none was. */
function insertionAt(composition: Composition, offset: number): { composition: Composition; at: number } | null {
  const { before, at, removed, inserted } = composition
  if (offset >= at && offset < at + inserted.length) return { composition, at: offset - at }
  if (before === null || before.composition === null) return null
  return insertionAt(before.composition, offset < at ? offset : offset - inserted.length + removed)
}

/** An offset of what was inserted, in the scenario file; the value as a whole where it is written in another way there. */
function spanIn({ inserted, written }: Composition, at: number, length: number): Span {
  const { source, start, end } = written
  const raw = source.text.slice(start, end)
  const lineStart = inserted.lastIndexOf('\n', at - 1) + 1
  const line = inserted.slice(lineStart).split('\n', 1)[0] ?? ''
  const text = line.trim()
  const found = raw.indexOf(text)
  if (text === '' || found === -1 || raw.indexOf(text, found + 1) !== -1) return wholeOf(written)
  const inText = Math.max(0, at - lineStart - line.indexOf(text))
  return source.spanAt(start + found + inText, length)
}

function wholeOf({ source, start, end }: Written): Span {
  return source.spanAt(start, end - start)
}
