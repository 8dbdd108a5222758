import path from 'node:path'
import { expect, test } from 'vitest'
import { chainConfigJsonSchema, scenarioJsonSchema, schemaText } from './json-schema.ts'

test.each([
  ['scenario.schema.json', scenarioJsonSchema()],
  ['chain-config.schema.json', chainConfigJsonSchema()],
])('%s is printed from the schema (update it with: npx vitest run harness/scenario --update)', async (name, schema) => {
  await expect(schemaText(schema)).toMatchFileSnapshot(path.join(import.meta.dirname, name))
})
