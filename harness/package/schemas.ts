import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { AUTH } from '../../gateway/config/auth-file.ts'
import { MIDDLEWARE } from '../../gateway/config/middleware-file.ts'
import { ROUTE } from '../../gateway/config/routes-file.ts'
import { servicesFile } from '../chain/services-schema.ts'
import { chainConfigJsonSchema, scenarioJsonSchema } from '../scenario/json-schema.ts'

/** JSON Schemas (draft 2020-12) for editors, by the name that the package exports them by. */
const SCHEMAS: Readonly<Record<string, () => object>> = {
  scenario: scenarioJsonSchema,
  'chain-config': chainConfigJsonSchema,
  services: () => schemaOf('Services', servicesFile),
  routes: () =>
    schemaOf('Routes of the gateway', z.union([z.array(ROUTE), z.strictObject({ routes: z.array(ROUTE) })])),
  middleware: () => schemaOf('Middleware of the gateway', MIDDLEWARE),
  auth: () => schemaOf('Authentication of the gateway', AUTH),
}

/** Writes `NAME.schema.json` for each kind of file that people write. */
export function writeSchemas(folder: string): void {
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    writeFileSync(path.join(folder, `${name}.schema.json`), `${JSON.stringify(schema(), null, 2)}\n`)
  }
}

/** What a text is made into has no JSON Schema: what is written in the file does. */
function schemaOf(title: string, schema: z.ZodType): object {
  return { title, ...z.toJSONSchema(schema, { io: 'input', reused: 'ref', unrepresentable: 'any' }) }
}
