import {
  ANSWER,
  CLIENT_REQUEST,
  CLIENT_RESPONSE,
  COMING_BACK,
  DECISION,
  NOT_COMPARED,
  PASS,
  TRY,
} from './compare-traces-fields.ts'
import { HEADER_RULES } from './compare-traces-headers.ts'

interface Row {
  readonly name: string
  readonly because: string
}

const COUNTS: readonly Row[] = [
  { name: 'passes', because: 'how many there were' },
  { name: 'passes[].tries', because: 'how many there were' },
]

/** The page of the guide that says what is compared between environments and what is not, written from the tables. */
export function comparisonPage(): string {
  return `# What agreement means

\`chain run --env simulated,sandbox\` compares the trace of every request in one environment with its trace in the other, in
the order in which things happened: what the client sent; at each hop what it received, decided and sent on; then backwards
what came back and what was answered; at last what the client got. The first difference is told, since the others may come
from it. A ClusterIP counts by the Service that it is or was given to, so that a Service created again may have another
address in each environment.

Beside traces, the same step must have the same verdict and its checks the same result, and the messages of a WebSocket must
be equal.

This page is written by \`comparisonPage()\` in harness/diagnose/compare-traces-page.ts; a test holds the two equal.

## Compared

### What the client sent

${table('field', CLIENT_REQUEST)}

### At each hop, on the way there

${table('field', [...DECISION, ...under('passes[].', PASS), ...under('passes[].tries[].', TRY), ...COUNTS])}

### At each hop, on the way back

${table('field', [...under('passes[].tries[].', COMING_BACK), ...ANSWER])}

### What the client got

${table('field', CLIENT_RESPONSE)}

## Not compared

${table('field', NOT_COMPARED)}

## Headers with rules of their own

${table('header', HEADER_RULES.map(headerRow))}
`
}

function under(prefix: string, rows: readonly Row[]): Row[] {
  return rows.map(({ name, because }) => ({ name: prefix + name, because }))
}

function headerRow({ names, sides, because, compareAs }: (typeof HEADER_RULES)[number]): Row {
  const where = sides.map((side) => `${side}s`.replace('response of nginx itselfs', 'answers that nginx makes itself'))
  const how = compareAs === undefined ? 'not compared' : 'compared in part'
  return { name: names.join(', '), because: `${how} in ${where.join(', ')}: ${because}` }
}

function table(head: string, rows: readonly Row[]): string {
  return [
    `| ${head} | why |`,
    '|---|---|',
    ...rows.map(({ name, because }) => `| \`${name}\` | ${because.replaceAll('|', '\\|')} |`),
  ].join('\n')
}
