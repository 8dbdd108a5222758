import pc from 'picocolors'
import { type ExplainLine, explainTrace } from '../diagnose/explain.ts'
import { printable, type RenderOptions } from '../diagnostics/render.ts'
import { formatSpan } from '../diagnostics/span.ts'
import { type Width, wrapped } from '../diagnostics/wrap.ts'
import { maskText, secretsOf } from '../secrets/mask.ts'
import type { Trace } from '../trace/trace.ts'

/** A trace told hop by hop, for people; ends with a line break. */
export function renderExplanation(trace: Trace, options: RenderOptions): string {
  return `${maskText(renderLines(explainTrace(trace), options), secretsOf(trace))}\n`
}

/** A target may have 8 KiB and more; what is left out here is in the JSON. */
const MAX_TEXT = 400

const HOP_WIDTH = 'gateway'.length
const LABEL_WIDTH = 'decided by'.length
/** Where the third column begins. */
const LEAD = 2 + HOP_WIDTH + 2 + LABEL_WIDTH + 2

/** Lines in three columns: the hop where it changes, what the line says of it, and that. */
export function renderLines(lines: readonly ExplainLine[], { color, width }: RenderOptions): string {
  const { bold, dim, cyan } = pc.createColors(color)
  return lines
    .map(({ hop, label, text, span }, index) => {
      const name = lines[index - 1]?.hop === hop ? '' : hop
      const shown = printable(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text)
      const place = span === null ? '' : printable(formatSpan(span))
      const told = withPlace(wrapped(shown, width, LEAD), place, width)
      return `  ${bold(name.padEnd(HOP_WIDTH))}  ${dim(label.padEnd(LABEL_WIDTH))}  ${told.text}${cyan(told.place)}`
    })
    .join('\n')
}

/** The place behind the text, or on a line of its own where it does not fit: it is a link, so it stays in one piece. */
function withPlace(text: string, place: string, width: Width | undefined): { text: string; place: string } {
  if (place === '') return { text, place }
  const last = text.slice(text.lastIndexOf('\n') + 1).length + (text.includes('\n') ? 0 : LEAD)
  if (width === undefined || width === null || last + 2 + place.length <= width) return { text: `${text}  `, place }
  return { text: `${text}\n${' '.repeat(Math.max(2, Math.min(LEAD, width - place.length)))}`, place }
}
