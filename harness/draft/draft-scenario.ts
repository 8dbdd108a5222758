import { Document, isMap, visit } from 'yaml'
import type { Blame } from '../diagnose/blame.ts'
import { scenarioText } from '../scenario/format-scenario.ts'
import type { JsonValue, StepRequest } from '../scenario/scenario.ts'
import type { Trace } from '../trace/trace.ts'
import { draftExpectation } from './draft-expectation.ts'
import { draftRequest } from './draft-request.ts'

/** A scenario file that nobody has written yet. */
export interface Draft {
  readonly text: string
  /** What is secret in its request, by the names of the variables that the file takes it from. */
  readonly secrets: ReadonlyMap<string, string>
}

/** What a scenario is drafted from: a request, and what came of it. */
export interface DraftBasis {
  readonly request: StepRequest
  readonly trace: Trace
  /** Who is to blame for an answer that is an error; null where it is none. */
  readonly blame: Blame | null
  /** The chain's folder, as the file names it. */
  readonly chain: string
}

/** Parts of an expectation that stand on lines of their own. */
const BLOCKS: ReadonlySet<string> = new Set(['steps', 'expect'])

/** The scenario file that says of a request what it showed. */
export function draftScenario({ request, trace, blame, chain }: DraftBasis): Draft {
  const { step, secrets } = draftRequest(request)
  const expect = draftExpectation(trace, request.via, blame)
  const file = { scenario: titleOf(request, trace), chain, steps: [{ ...step, expect }] }
  const document = new Document(withVariables(file, secrets))
  visit(document, {
    Pair: (_, { key, value }) => {
      // What is deep inside is short: one line holds it.
      if (isMap(value) && !BLOCKS.has(String(key))) value.flow = true
    },
  })
  return { text: scenarioText(document), secrets }
}

/** `GET /api/v1/processes: 200 from process-design` */
function titleOf({ method, url }: StepRequest, { response, exchanges }: Trace): string {
  const [path = ''] = url.replace(/^https?:\/\/[^/?#]+/, '').split(/[?#]/, 1)
  const answered = exchanges.findLast(({ origin, answered: answer }) => origin === 'self' && answer !== null)
  const by = answered === undefined ? '' : ` from ${answered.service ?? answered.hop}`
  return `${method} ${path === '' ? '/' : path} gets ${response === null ? 'no answer' : `${response.status}${by}`}`
}

/** With a variable wherever an answer or a hop repeats a secret. */
function withVariables(value: JsonValue, secrets: ReadonlyMap<string, string>): JsonValue {
  if (typeof value === 'string')
    return [...secrets].reduce((text, [name, secret]) => text.replaceAll(secret, () => `\${env:${name}}`), value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item: JsonValue) => withVariables(item, secrets))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withVariables(item, secrets)]))
}

/** A file name that says what a request asks: `get-api-v1-processes`. */
export function fileNameOf({ method, url }: StepRequest): string {
  const path = url.replace(/^https?:\/\/[^/?#]+/, '').split(/[?#]/, 1)[0] ?? ''
  const words = `${method} ${path}`.toLowerCase().split(/[^a-z\d]+/)
  return words
    .filter((word) => word !== '')
    .join('-')
    .slice(0, 80)
}
