import { parseArgs } from 'node:util'
import { type CaseRequest, type ConformanceCase, type Places, placed, type Upstreams } from './case.ts'
import { writeFound } from './cases/found.ts'
import { FAMILIES } from './cases/index.ts'
import { generateRequest } from './generate-request.ts'
import { GENERATED_FILES, generateSite, type Line, siteText } from './generate-site.ts'
import { DEBIAN_NGINX, type JudgingNginx, judgingNginx } from './judging-nginx.ts'
import { Kinds, kindOf } from './kinds.ts'
import { judge } from './nginx-judge.ts'
import { Random } from './random.ts'
import { freePort } from './real-nginx.ts'
import { Recorder } from './recorder.ts'
import { type Comparison, compileModel, runCase } from './run-case.ts'
import { plainestRequest, smallestSite } from './shrink.ts'

/** Requests to one generated site. */
const REQUESTS_PER_SITE = 40

const SOME_PLACES: Places = { listen: 8080, a: 8081, b: 8082, c: 8083, dead: 8084, files: '/nowhere' }

/** A site with the requests to it. */
interface Generated {
  readonly site: readonly Line[]
  readonly requests: readonly CaseRequest[]
}

/** What judges, and where. */
interface Court {
  readonly nginx: JudgingNginx
  readonly recorder: Recorder
  readonly upstreams: Upstreams
}

/**
 * `npm run conformance -- --seconds 60 --seed N --nginx BINARY`: first runs every case of the conformance test, then generates sites
 * and requests, and holds the model of that version against the real nginx. It goes on after a disagreement, and lists them by their
 * kind at the end, one of each kind shrunk; then it exits with 1. Found with Debian's nginx, it is a case of the conformance test.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      nginx: { type: 'string', default: DEBIAN_NGINX.binary },
    },
  })
  const nginx = judgingNginx(values.nginx)
  await using recorder = new Recorder()
  const upstreams = {
    a: await recorder.open(),
    b: await recorder.open(),
    c: await recorder.open(),
    dead: await freePort(),
  }
  const court = { nginx, recorder, upstreams }
  const kinds = new Kinds()
  const counts = { compared: 0, refused: 0 }
  for (const test of Object.values(FAMILIES).flat()) {
    const comparisons = await runCase(test, recorder, upstreams, nginx).catch((error: unknown) => String(error))
    if (typeof comparisons === 'string') kinds.add(`case "${test.name}" does not run: ${comparisons}`, test.name)
    else for (const one of comparisons.filter(isDifferent)) kinds.add(kindOf(one), `${test.name}, ${one.request}`)
  }
  const endsAt = performance.now() + Number(values.seconds) * 1000
  for (let seed = Number(values.seed); performance.now() < endsAt; seed++) {
    const generated = generatedBy(seed)
    const comparisons = await certain(generated, court)
    const decided = comparisons.filter(({ model }) => model !== 'refused').length
    counts.compared += decided
    counts.refused += generated.requests.length - decided
    for (const one of comparisons.filter(isDifferent)) {
      if (kinds.add(kindOf(one), `seed ${seed}, ${one.request}`)) {
        write(await report(await shrunk(generated, court), seed, court))
      }
    }
  }
  write(kinds.text())
  const found = kinds.isEmpty ? 'no disagreement' : 'they disagree'
  write(
    `nginx ${nginx.rules.version}: ${counts.compared} comparisons from seed ${values.seed}, ${found} (${counts.refused} requests refused)\n`,
  )
  if (!kinds.isEmpty) process.exitCode = 1
}

function generatedBy(seed: number): Generated {
  const random = new Random(seed)
  const site = generateSite(random)
  return { site, requests: random.list(REQUESTS_PER_SITE, () => generateRequest(random)) }
}

/** A machine that is too slow for nginx's own timeouts looks like a disagreement, once. */
async function certain(generated: Generated, court: Court): Promise<Comparison[]> {
  const comparisons = await compare(generated, court)
  return comparisons.some(isDifferent) ? compare(generated, court) : comparisons
}

/** What both make of every request; none where the model refuses the site. @throws {Error} nginx takes what the model calls wrong */
async function compare({ site, requests }: Generated, { nginx, recorder, upstreams }: Court): Promise<Comparison[]> {
  const text = siteText(site)
  const unusable = whyUnusable(text, nginx)
  if (unusable === null) return runCase(asCase('generated', { site, requests }), recorder, upstreams, nginx)
  if (!unusable.startsWith('refused') && judge(placed(text, SOME_PLACES), {}, nginx.binary) === null) {
    throw new Error(`nginx takes what the model calls wrong: ${unusable}\n${text}`)
  }
  return []
}

function asCase(name: string, { site, requests }: Generated): ConformanceCase {
  return { name, site: siteText(site), requests, files: GENERATED_FILES }
}

function isDifferent({ nginx, model }: Comparison): boolean {
  return model !== 'refused' && JSON.stringify(nginx) !== JSON.stringify(model)
}

/** Why the model does not take a site; null where it does. */
function whyUnusable(text: string, { rules }: JudgingNginx): string | null {
  try {
    compileModel(placed(text, SOME_PLACES), rules)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** A small site and as few requests that still disagree: one where one is enough, made plain. */
async function shrunk(generated: Generated, court: Court): Promise<Generated> {
  const disagrees = async (candidate: Generated) =>
    whyUnusable(siteText(candidate.site), court.nginx) === null &&
    (await compare(candidate, court).catch(() => [])).some(isDifferent)
  let { site, requests } = generated
  for (const request of requests) {
    if (!(await disagrees({ site, requests: [request] }))) continue
    requests = [request]
    break
  }
  site = await smallestSite(site, (lines) => disagrees({ site: lines, requests }))
  const [request, ...others] = requests
  if (request === undefined || others.length > 0) return { site, requests }
  return { site, requests: [await plainestRequest(request, (less) => disagrees({ site, requests: [less] }))] }
}

async function report(small: Generated, seed: number, court: Court): Promise<string> {
  const different = (await compare(small, court)).find(isDifferent)
  const isOfTheTests = court.nginx.binary === DEBIAN_NGINX.binary
  const written = isOfTheTests ? `written to ${writeFound(asCase(`found with seed ${seed}`, small), seed)}\n` : ''
  const both = `nginx ${JSON.stringify(different?.nginx)}\nmodel ${JSON.stringify(different?.model)}\n`
  return `seed ${seed}: the model and nginx disagree\n${siteText(small.site)}${JSON.stringify(small.requests)}\n${both}${written}`
}

function write(text: string): void {
  process.stdout.write(text)
}

await main()
