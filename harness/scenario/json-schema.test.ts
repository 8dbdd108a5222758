import path from 'node:path'
import { expect, test } from 'vitest'
import { scenarioJsonSchemaText } from './json-schema.ts'

test('scenario.schema.json is printed from the schema (update it with: npx vitest run harness/scenario --update)', async () => {
  await expect(scenarioJsonSchemaText()).toMatchFileSnapshot(path.join(import.meta.dirname, 'scenario.schema.json'))
})
