import { parseArgs } from 'node:util'
import { type CaseRequest, type ConformanceCase, type Places, placed, type Upstreams } from './case.ts'
import { writeFound } from './cases/found.ts'
import { generateRequest } from './generate-request.ts'
import { GENERATED_FILES, generateSite, type Line, siteText } from './generate-site.ts'
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

/**
 * `npm run conformance -- --seconds 60 --seed N`: generates sites and requests, and holds the model against the real nginx. The
 * first disagreement is shrunk and written as a case of the conformance test; then it exits with 1.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' } },
  })
  const endsAt = performance.now() + Number(values.seconds) * 1000
  await using recorder = new Recorder()
  const upstreams = {
    a: await recorder.open(),
    b: await recorder.open(),
    c: await recorder.open(),
    dead: await freePort(),
  }
  let compared = 0
  let refused = 0
  for (let seed = Number(values.seed); performance.now() < endsAt; seed++) {
    const random = new Random(seed)
    const site = generateSite(random)
    const generated = { site, requests: random.list(REQUESTS_PER_SITE, () => generateRequest(random)) }
    let comparisons = await compare(generated, recorder, upstreams)
    if (comparisons.some(isDifferent)) {
      write(`seed ${seed}: the model and nginx disagree\n`)
      // A machine that is too slow for nginx's own timeouts looks like a disagreement, once.
      comparisons = await compare(generated, recorder, upstreams)
      if (comparisons.some(isDifferent)) {
        write(await report(await shrunk(generated, recorder, upstreams), seed, recorder, upstreams))
        process.exitCode = 1
        return
      }
      write(`seed ${seed}: they agree the second time\n`)
    }
    const decided = comparisons.filter(({ model }) => model !== 'refused').length
    compared += decided
    refused += generated.requests.length - decided
  }
  write(`${compared} comparisons from seed ${values.seed}, no disagreement (${refused} requests refused)\n`)
}

/** What both make of every request; none where the model refuses the site. @throws {Error} nginx takes what the model calls wrong */
async function compare({ site, requests }: Generated, recorder: Recorder, upstreams: Upstreams): Promise<Comparison[]> {
  const text = siteText(site)
  const unusable = whyUnusable(text)
  if (unusable === null) return runCase(asCase('generated', { site, requests }), recorder, upstreams)
  if (!unusable.startsWith('refused') && judge(placed(text, SOME_PLACES)) === null) {
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
function whyUnusable(text: string): string | null {
  try {
    compileModel(placed(text, SOME_PLACES))
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** A small site and as few requests that still disagree: one where one is enough, made plain. */
async function shrunk(generated: Generated, recorder: Recorder, upstreams: Upstreams): Promise<Generated> {
  const disagrees = async (candidate: Generated) =>
    whyUnusable(siteText(candidate.site)) === null &&
    (await compare(candidate, recorder, upstreams).catch(() => [])).some(isDifferent)
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

async function report(small: Generated, seed: number, recorder: Recorder, upstreams: Upstreams): Promise<string> {
  const different = (await compare(small, recorder, upstreams)).find(isDifferent)
  const file = writeFound(asCase(`found with seed ${seed}`, small), seed)
  const both = `nginx ${JSON.stringify(different?.nginx)}\nmodel ${JSON.stringify(different?.model)}\n`
  return `${siteText(small.site)}${JSON.stringify(small.requests)}\n${both}written to ${file}\n`
}

function write(text: string): void {
  process.stdout.write(text)
}

await main()
