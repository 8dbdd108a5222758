import type { Observation } from './case.ts'
import type { Comparison } from './run-case.ts'

/** Where the real nginx and the model part, in a few words that many requests share. */
export function kindOf({ nginx, model }: Pick<Comparison, 'nginx' | 'model'>): string {
  if (model === 'refused') return 'refused'
  if (nginx.forwards.length !== model.forwards.length) {
    return `tries: ${nginx.forwards.length}, the model ${model.forwards.length}${statuses(nginx, model)}`
  }
  for (const [index, sent] of nginx.forwards.entries()) {
    const other = model.forwards[index]
    if (other === undefined) break
    if (sent.port !== other.port) return 'sent to another upstream'
    if (sent.line !== other.line) return 'sent another request line'
    const header = lineThatDiffers(sent.headers, other.headers)
    if (header !== null) return `sent header ${header}`
    if (sent.body !== other.body) return 'sent another body'
  }
  const [answer, its] = [nginx.answer, model.answer]
  if (answer === null || its === null || answer.status !== its.status) return `answer${statuses(nginx, model)}`
  const header = lineThatDiffers(answer.headers, its.headers)
  return header === null ? 'answered another body' : `answer header ${header}`
}

/** Disagreements by their kind. */
export class Kinds {
  readonly #examples = new Map<string, string[]>()

  get isEmpty(): boolean {
    return this.#examples.size === 0
  }

  /** Whether it is the first of its kind. */
  add(kind: string, example: string): boolean {
    const examples = this.#examples.get(kind) ?? []
    this.#examples.set(kind, [...examples, example])
    return examples.length === 0
  }

  /** Every kind with how often it was met, the most frequent first. */
  text(): string {
    const kinds = [...this.#examples].sort(([, one], [, other]) => other.length - one.length)
    return kinds
      .map(([kind, examples]) => `${examples.length} times: ${kind} (${examples.slice(0, 3).join('; ')})\n`)
      .join('')
  }
}

function statuses({ answer }: Observation, model: Observation): string {
  return `: ${answer?.status ?? 'none'}, the model ${model.answer?.status ?? 'none'}`
}

/** The name of the first header line that is not alike on both sides. */
function lineThatDiffers(one: readonly string[], other: readonly string[]): string | null {
  const index = Array.from({ length: Math.max(one.length, other.length) }).findIndex((_, at) => one[at] !== other[at])
  return index === -1 ? null : ((one[index] ?? other[index] ?? '').split(':')[0] ?? '')
}
