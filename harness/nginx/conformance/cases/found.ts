import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { ConformanceCase } from '../case.ts'

const DIR = join(import.meta.dirname, 'found')

const ANSWER = z.union([z.literal('close'), z.literal('silence'), z.object({ bytes: z.string() })])

const CASE = z.object({
  name: z.string(),
  site: z.string(),
  files: z.record(z.string(), z.string()).exactOptional(),
  requests: z.array(
    z.object({
      method: z.string().exactOptional(),
      target: z.string(),
      httpVersion: z.enum(['1.0', '1.1']).exactOptional(),
      headers: z.array(z.tuple([z.string(), z.string()])).exactOptional(),
      body: z.string().exactOptional(),
      upstream: z.array(ANSWER).exactOptional(),
    }),
  ),
})

/** Cases that the generator found once, a file each; they were disagreements, and must never be again. */
export function foundCases(): ConformanceCase[] {
  const names = readdirSync(DIR).filter((name) => name.endsWith('.json'))
  return names.sort().map((name) => CASE.parse(JSON.parse(readFileSync(join(DIR, name), 'utf8'))))
}

/** Writes a case for {@link foundCases} to read. @returns the file's path */
export function writeFound(found: ConformanceCase, seed: number): string {
  mkdirSync(DIR, { recursive: true })
  const file = join(DIR, `seed-${seed}.json`)
  writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`)
  return file
}
