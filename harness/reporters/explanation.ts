import pc from 'picocolors'
import { type ExplainLine, explainTrace } from '../diagnose/explain.ts'
import { printable } from '../diagnostics/render.ts'
import { formatSpan } from '../diagnostics/span.ts'
import { maskText, secretsOf } from '../secrets/mask.ts'
import type { Trace } from '../trace/trace.ts'

/** A trace told hop by hop, for people; ends with a line break. */
export function renderExplanation(trace: Trace, options: { readonly color: boolean }): string {
  return `${maskText(renderLines(explainTrace(trace), options), secretsOf(trace))}\n`
}

/** A target may have 8 KiB and more; what is left out here is in the JSON. */
const MAX_TEXT = 400

const HOP_WIDTH = 'gateway'.length
const LABEL_WIDTH = 'decided by'.length

/** Lines in three columns: the hop where it changes, what the line says of it, and that. */
export function renderLines(lines: readonly ExplainLine[], { color }: { readonly color: boolean }): string {
  const { bold, dim, cyan } = pc.createColors(color)
  return lines
    .map(({ hop, label, text, span }, index) => {
      const name = lines[index - 1]?.hop === hop ? '' : hop
      const place = span === null ? '' : `  ${cyan(printable(formatSpan(span)))}`
      return `  ${bold(name.padEnd(HOP_WIDTH))}  ${dim(label.padEnd(LABEL_WIDTH))}  ${printable(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text)}${place}`
    })
    .join('\n')
}
