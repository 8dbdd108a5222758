import path from 'node:path'
import { expect, test } from 'vitest'
import { chainConfigJsonSchema, scenarioJsonSchema, schemaText } from './json-schema.ts'

test.each([
  ['scenario.schema.json', scenarioJsonSchema()],
  ['chain-config.schema.json', chainConfigJsonSchema()],
])('%s is printed from the schema (update it with: npx vitest run harness/scenario --update)', async (name, schema) => {
  await expect(schemaText(schema)).toMatchFileSnapshot(path.join(import.meta.dirname, name))
})

test.each([
  ['scenario', scenarioJsonSchema()],
  ['chain configuration', chainConfigJsonSchema()],
])('every key of a %s says what it means, for editors', (_, schema) => {
  expect(keysWithout('description', schema)).toEqual([])
})

/** The keys of all mappings in a schema that lack a member. */
function keysWithout(member: string, schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const inside = Object.values(schema).flatMap((value) => keysWithout(member, value))
  const properties: unknown = 'properties' in schema ? schema.properties : null
  if (typeof properties !== 'object' || properties === null) return inside
  return [
    ...Object.entries(properties).flatMap(([key, value]) => (Object.hasOwn(value, member) ? [] : [key])),
    ...inside,
  ]
}
