import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { systemFact } from '../diagnostics/read-source.ts'

const report = z.object({ scenarios: z.array(z.object({ file: z.string(), durationMs: z.number() })) })

/**
 * How long each scenario took, by its file: from a JSON report of an earlier run, the environments of a scenario added up.
 * A text is what is wrong with the file, in a sentence.
 */
export function recordedDurations(file: string): ReadonlyMap<string, number> | string {
  const remedy = 'Write one by "chain run --reporter json=FILE".'
  try {
    const durations = new Map<string, number>()
    const parsed = report.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    if (!parsed.success) return `Failed to read durations "${file}": it is no JSON report of a run. ${remedy}`
    for (const { file: of, durationMs } of parsed.data.scenarios)
      durations.set(of, (durations.get(of) ?? 0) + durationMs)
    return durations
  } catch (error) {
    const fact = error instanceof SyntaxError ? 'it is not JSON' : systemFact(error)
    return `Failed to read durations "${file}": ${fact}. ${remedy}`
  }
}
