import { formatSpan } from '../diagnostics/span.ts'
import type { EnvironmentName, Gap } from '../environments/environment.ts'
import { maskText } from '../secrets/mask.ts'
import type { KnownGap, ScenarioResult } from './result.ts'

/** Counts what kept scenarios from being shown by any environment of a run. */
export class GapCount {
  readonly #known = new Map<string, { gap: Gap; environments: Set<EnvironmentName>; scenarioCount: number }>()

  get list(): readonly KnownGap[] {
    return Array.from(this.#known.values(), ({ gap, environments, scenarioCount }) => ({
      ...gap,
      environments: [...environments],
      scenarioCount,
    }))
  }

  /** Takes what one scenario showed in every environment. What one of them can show is no gap. */
  add(results: readonly ScenarioResult[]): void {
    if (results.some(({ verdict }) => verdict !== 'unsupported')) return
    const counted = new Set<string>()
    for (const result of results) {
      for (const gap of gapsOf(result)) this.#count(gap, result.environment, counted)
    }
  }

  #count(gap: Gap, environment: EnvironmentName, counted: Set<string>): void {
    const key = keyOf(gap)
    const known = this.#known.get(key) ?? { gap, environments: new Set(), scenarioCount: 0 }
    known.environments.add(environment)
    if (!counted.has(key)) known.scenarioCount++
    counted.add(key)
    this.#known.set(key, known)
  }
}

function gapsOf({ runs }: ScenarioResult): Gap[] {
  return runs.flatMap(({ problem, steps, secrets }) =>
    [problem, ...steps.map((step) => step.problem)]
      .flatMap((one) => one?.gaps ?? [])
      .map((gap) => ({ ...gap, because: maskText(gap.because, secrets) })),
  )
}

function keyOf({ what, because, span }: Gap): string {
  return JSON.stringify([what, because, span && formatSpan(span)])
}
