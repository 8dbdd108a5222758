import { z } from 'zod'
import { chainConfigFile } from './config-schema.ts'
import { withDescriptions } from './key-descriptions.ts'
import { scenarioFile } from './schema.ts'

/**
 * The JSON Schema (draft 2020-12) of scenario files, for editors: `scenario.schema.json` is this, checked in. Rules that
 * JSON Schema cannot say (names of Services, placeholders) are `chain check`'s.
 */
export function scenarioJsonSchema(): object {
  return {
    title: 'Scenario',
    description: 'A behaviour of a request chain: requests, changes of the world, and what must hold.',
    ...described(scenarioFile),
  }
}

/** The JSON Schema of `chain.config.yaml`: `chain-config.schema.json` is this, checked in. */
export function chainConfigJsonSchema(): object {
  return {
    title: 'Chain configuration',
    description: 'Where the chains and the scenarios of a repository are.',
    ...described(chainConfigFile),
  }
}

function described(schema: z.ZodType): object {
  const json = withDescriptions(z.toJSONSchema(schema, { io: 'input', reused: 'ref', unrepresentable: 'throw' }))
  return typeof json === 'object' && json !== null ? json : {}
}

/** The text of a schema's file. */
export function schemaText(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`
}
