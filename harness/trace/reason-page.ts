import type { NearMissReason, ReasonFact } from './reason.ts'
import { NEAR_MISS_SAMPLES, REASON_SAMPLES } from './reason-samples.ts'
import { nearMissText, reasonText } from './reason-text.ts'

/** The page of the guide that lists every kind of reason with its values and its sentence, written from the samples. */
export function reasonPage(): string {
  const sections = REASON_SAMPLES.map(({ title, facts }) => `## ${title}\n\n${table(facts.map(reasonRow))}`)
  return `# Reasons

A trace says why a hop did what it did: \`reasons\` in each pass, \`because\` of a near miss or of a changed header. A reason is a
\`kind\` with its values. In the [JSON report](json-report.md) its sentence stands beside them, as \`text\`. Programs read the kind
and the values; the sentence is for people and may change.

The values below are examples. A kind with a choice within it has a row for each choice. The members of a kind are always there.

This page is written by \`reasonPage()\` in harness/trace/reason-page.ts; a test holds the two equal.

${sections.join('\n\n')}

## Near misses

What kept a location or a route that stood close from being chosen.

${table(NEAR_MISS_SAMPLES.map((miss) => row(miss, nearMissText(miss))))}
`
}

function reasonRow(fact: ReasonFact): string {
  return row(fact, reasonText(fact))
}

function row({ kind, ...values }: ReasonFact | NearMissReason, text: string): string {
  const cells = Object.entries(values).map(([name, value]) => `\`${name}\`: \`${JSON.stringify(value)}\``)
  return `| \`${kind}\` | ${cells.join(', ')} | ${text.replaceAll('|', '\\|').replaceAll('*', '\\*')} |`
}

function table(rows: readonly string[]): string {
  return ['| kind | values | sentence |', '|---|---|---|', ...rows].join('\n')
}
