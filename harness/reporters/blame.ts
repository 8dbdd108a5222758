import pc from 'picocolors'
import type { Blame } from '../diagnose/blame.ts'
import { printable, type RenderOptions, renderExcerpt } from '../diagnostics/render.ts'
import { Source, type SourceText } from '../diagnostics/source.ts'
import { formatSpan, type Span } from '../diagnostics/span.ts'
import { wrapped } from '../diagnostics/wrap.ts'
import { maskText } from '../secrets/mask.ts'
import { maskSource } from '../secrets/mask-source.ts'
import type { Rule } from '../trace/trace.ts'

/** What a blame is drawn with: the texts that its line may stand in, the newest first, and what must not be seen of them. */
export interface BlameOptions extends RenderOptions {
  readonly files: readonly SourceText[]
  readonly secrets: readonly string[]
}

/** Who is to blame, why, and by which line: one sentence. */
export function blameSentence({ hop, service, rule, because }: Blame): string {
  const sentence = `BLAME ${whoOf({ hop, service })}: ${because}`
  return rule?.span ? `${sentence} (${formatSpan(rule.span)})` : sentence
}

/** The same for people: the sentence, the line of configuration with a caret, and what to change. */
export function renderBlame(blame: Blame, options: BlameOptions): string {
  const { color, width } = options
  const { bold, red, cyan } = pc.createColors(color)
  const { rule, because, remedy } = blame
  const sentence = `${red(bold('BLAME'))} ${bold(printable(whoOf(blame)))}: ${printable(because)}`
  const lines = [wrapped(sentence, width, 2, 0)]
  if (rule?.span) lines.push(`  ${cyan(printable(formatSpan(rule.span)))}`, quoted(rule, rule.span, options))
  else if (rule !== null) lines.push(`  ${wrapped(printable(rule.text), width, 2)}`)
  if (remedy !== null) lines.push(`  ${cyan('change:')} ${wrapped(printable(remedy), width, 4, 10)}`)
  return lines.filter((line) => line !== '').join('\n')
}

function whoOf({ hop, service }: Pick<Blame, 'hop' | 'service'>): string {
  return service === null || service === hop ? hop : `${hop} (${service})`
}

/** The rule's line as its file has it; where no text is known to have it there, the rule's own words. */
function quoted(rule: Rule, span: Span, options: BlameOptions): string {
  const { paint, line } = { paint: pc.createColors(options.color).red, line: lineOf(rule, span, options) }
  const text = maskText(line ?? `${' '.repeat(span.column - 1)}${rule.text}`, options.secrets)
  const length = Math.max(1, Math.min(line === null ? rule.text.length : span.length, text.length - span.column + 1))
  return renderExcerpt(text, { ...span, length }, { ...options, paint })
}

/**
 * Null where no text is known to have the rule in that line. A rule of nginx begins as its line does; one of a YAML file may have
 * words of its own, so there the line has to be the same in every text.
 */
function lineOf(rule: Rule, span: Span, { files }: BlameOptions): string | null {
  const texts = files.filter(({ file }) => file === span.file)
  const lines = texts.map((one) => new Source(one.file, one.text).lineText(span.line))
  const [word = ''] = rule.text.split(' ', 1)
  const found = lines.findIndex((line) => line.startsWith(word, span.column - 1))
  const index = found === -1 && YAML.test(span.file) && new Set(lines).size === 1 ? 0 : found
  const text = texts[index]
  if (text === undefined || lines[index]?.trim() === '') return null
  return maskSource(text).lineText(span.line)
}

/** Also one that a scenario writes inline: `routing.yaml (routes)`. */
const YAML = /\.ya?ml(?: \((?:routes|middleware|auth|services)\))?$/
