import { z } from 'zod'
import { scenarioFile } from './schema.ts'

/**
 * The JSON Schema (draft 2020-12) of scenario files, for editors: `scenario.schema.json` is this, checked in. Rules that
 * JSON Schema cannot say (names of Services, placeholders) are `chain check`'s.
 */
export function scenarioJsonSchema(): object {
  return {
    title: 'Scenario',
    description: 'A behaviour of a request chain: requests, changes of the world, and what must hold.',
    ...z.toJSONSchema(scenarioFile, { io: 'input', reused: 'ref', unrepresentable: 'throw' }),
  }
}

/** The text of `scenario.schema.json`. */
export function scenarioJsonSchemaText(): string {
  return `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`
}
