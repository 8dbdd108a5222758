import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { modelledFiles, suitePage, sumOf } from './page.ts'
import { type FileResult, runFile } from './run-file.ts'
import { readTestFile } from './test-file.ts'

const PAGE = fileURLToPath(new URL('../../docs/discoveries/nginx-tests.md', import.meta.url))
const STAND_IN = fileURLToPath(new URL('../cli/nginx-stand-in.js', import.meta.url))

/**
 * `npm run nginx-tests -- --suite DIR`: runs nginx's own tests (a checkout of nginx-tests) against the stand-in, those files that
 * need nothing but HTTP over plain TCP. `--only REGEX` takes some, `--nginx BINARY` asks a real nginx instead,
 * `--page` writes docs/discoveries/nginx-tests.md.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      suite: { type: 'string', default: 'nginx-tests' },
      nginx: { type: 'string', default: STAND_IN },
      only: { type: 'string', default: '' },
      jobs: { type: 'string', default: '2' },
      page: { type: 'boolean', default: false },
    },
  })
  const only = new RegExp(values.only)
  const files = readdirSync(values.suite)
    .filter((name) => name.endsWith('.t'))
    .toSorted()
    .map((name) => readTestFile(values.suite, name))
  const queue = files.filter(({ name, needs }) => needs.length === 0 && only.test(name)).map(({ name }) => name)
  const temporary = mkdtempSync(path.join(tmpdir(), 'nginx-tests-'))
  chmodSync(temporary, 0o1777)
  const results = new Map<string, FileResult>()
  const run = async (name: string): Promise<void> => {
    const result = await runFile(values.suite, name, values.nginx, temporary)
    results.set(name, result)
    process.stdout.write(lineOf(result))
  }
  async function work(): Promise<void> {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) await run(name)
  }
  try {
    await Promise.all(Array.from({ length: Number(values.jobs) }, work))
    // A machine that is too slow for a file's own times looks like a fault: each is asked once more, alone.
    for (const { name, passed, planned, refused } of [...results.values()]) {
      if (passed < planned && refused.length === 0) await run(name)
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
  const suite = { files, results: [...results.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1)) }
  const modelled = modelledFiles(suite)
  const { planned, passed } = sumOf(modelled)
  process.stdout.write(
    `${files.length} files, ${results.size} run, ${modelled.length} modelled: ${passed} of ${planned} assertions pass\n`,
  )
  if (values.page) writeFileSync(PAGE, suitePage(suite))
}

function lineOf({ name, planned, passed, failures, refused, faults, skipped }: FileResult): string {
  const state = skipped !== null ? `skipped: ${skipped}` : refused.length > 0 ? `refused: ${refused.join('; ')}` : ''
  const more = [
    state,
    ...failures.map((failure) => `\n    failed: ${failure}`),
    ...faults.map((one) => `\n    fault: ${one}`),
  ]
  return `${name} ${passed}/${planned} ${more.join('')}\n`
}

await main()
