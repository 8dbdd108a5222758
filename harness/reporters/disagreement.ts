import pc from 'picocolors'
import { printable, type RenderOptions, renderDiagnostic } from '../diagnostics/render.ts'
import { formatSpan } from '../diagnostics/span.ts'
import { wrapped } from '../diagnostics/wrap.ts'
import type { Agreement, Difference } from '../runner/result.ts'
import { maskNames } from '../secrets/mask.ts'
import { maskSource } from '../secrets/mask-source.ts'
import type { Rule } from '../trace/trace.ts'
import { renderDifference } from './difference.ts'
import { whichRun } from './failure.ts'

/** A value that fills more than this is shown by its difference alone. */
const MAX_TEXT = 120

/**
 * Everything that somebody needs to see of environments that disagree, on one screen: the step, the hop and the field, both
 * values and both lines of configuration. Empty where they agree, or were not compared.
 */
export function renderDisagreement({ name, source, difference }: Agreement, options: RenderOptions): string {
  if (difference === null) return ''
  const { color, width } = options
  const { bold, red, dim } = pc.createColors(color)
  const [left, right] = difference.environments
  const { step } = difference
  const span = step?.span ?? { file: source.file, line: 1, column: 1, length: 1 }
  const title = `${red(bold('DISAGREE'))} ${printable(`${span.file}:${span.line}`)} ${bold(printable(name))}${printable(whichRun(difference))} ${dim(`on ${left} and ${right}`)}`
  const message = `${placeOf(difference)} differs`
  const line = { code: 'disagree', severity: 'error', message, span, source: maskSource(source) } as const
  const blocks = [
    wrapped(title, width, 2, 0),
    renderDiagnostic(line, options),
    valuesText(difference, options),
    rulesText(difference, options),
  ]
  return maskNames(blocks.filter((block) => block !== '').join('\n\n'))
}

/** The one sentence of a disagreement that a list has room for: where the two part, and both values. */
export function headlineOfDifference(difference: Difference): string {
  const { environments, left, right } = difference
  return maskNames(
    `${placeOf(difference)} differs: ${shorten(left)} on ${environments[0]}, ${shorten(right)} on ${environments[1]}`,
  )
}

/** Where it differs, as people say it: `nginx: passes[0].tries[0].request.target`. */
function placeOf({ hop, service, field }: Difference): string {
  if (hop === null) return field
  return `${service === null || service === hop ? hop : `${hop} (${service})`}: ${field}`
}

/** Both values below each other; where that does not show the difference at a glance, that. */
function valuesText({ environments, left, right }: Difference, options: RenderOptions): string {
  const difference = renderDifference(left, right, { color: options.color, labels: environments })
  if (difference !== '') return difference
  return columns(environments, [left, right].map(shorten), options)
}

function rulesText({ environments, leftRule, rightRule }: Difference, options: RenderOptions): string {
  if (leftRule === null && rightRule === null) return ''
  return columns(environments, [leftRule, rightRule].map(ruleText), options)
}

function ruleText(rule: Rule | null): string {
  if (rule === null) return 'no rule'
  return rule.span === null ? rule.text : `${rule.text}  ${formatSpan(rule.span)}`
}

function columns(labels: readonly [string, string], texts: readonly string[], { color, width }: RenderOptions): string {
  const { dim } = pc.createColors(color)
  const label = Math.max(...labels.map(({ length }) => length))
  const textOf = (index: number): string => wrapped(printable(texts[index] ?? ''), width, label + 4)
  return labels.map((name, index) => `  ${dim(name.padEnd(label))}  ${textOf(index)}`).join('\n')
}

function shorten(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
}
