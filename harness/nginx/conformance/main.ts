import { parseArgs } from 'node:util'
import { judge } from '../nginx-judge.ts'
import { type CaseRequest, type Places, placed, type Upstreams } from './case.ts'
import { generateRequest } from './generate-request.ts'
import { generateSite, type Line, siteText } from './generate-site.ts'
import { Random } from './random.ts'
import { freePort } from './real-nginx.ts'
import { Recorder } from './recorder.ts'
import { type Comparison, compileModel, runCase } from './run-case.ts'
import { smaller } from './shrink.ts'

/** Requests to one generated site. */
const REQUESTS_PER_SITE = 40

/**
 * `npm run conformance -- --seconds 60 --seed N`: generates sites and requests, and holds the model against the real nginx. The
 * first disagreement is shrunk and printed as a case; then it exits with 1.
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
  let sites = 0
  for (let seed = Number(values.seed); performance.now() < endsAt; seed++) {
    const random = new Random(seed)
    const site = generateSite(random)
    const requests = random.list(REQUESTS_PER_SITE, () => generateRequest(random))
    const different = await firstDifference(site, requests, recorder, upstreams)
    if (different !== null) {
      write(`seed ${seed}: the model and nginx disagree\n`)
      write(await shrunk(site, requests, recorder, upstreams))
      process.exitCode = 1
      return
    }
    compared += requests.length
    sites++
  }
  write(`${compared} comparisons over ${sites} sites from seed ${values.seed}, no disagreement\n`)
}

/** The first request that the two treat differently; null where they agree, or where the site is none that both take. */
async function firstDifference(
  site: readonly Line[],
  requests: readonly CaseRequest[],
  recorder: Recorder,
  upstreams: Upstreams,
): Promise<Comparison | null> {
  const unusable = whyUnusable(siteText(site))
  if (unusable !== null) {
    if (!unusable.startsWith('refused') && judge(placed(siteText(site), SOME_PLACES)) === null)
      throw new Error(`nginx takes what the model refuses: ${unusable}\n${siteText(site)}`)
    return null
  }
  const comparisons = await runCase({ name: 'generated', site: siteText(site), requests }, recorder, upstreams)
  return comparisons.find(({ nginx, model }) => JSON.stringify(nginx) !== JSON.stringify(model)) ?? null
}

const SOME_PLACES: Places = { listen: 8080, a: 8081, b: 8082, c: 8083, dead: 8084, files: '/nowhere' }

/** Why the model does not take a site; null where it does. */
function whyUnusable(text: string): string | null {
  try {
    compileModel(placed(text, SOME_PLACES))
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** A small site and as few requests that still disagree, written out with what both did. */
async function shrunk(
  site: readonly Line[],
  requests: readonly CaseRequest[],
  recorder: Recorder,
  upstreams: Upstreams,
): Promise<string> {
  const disagrees = async (lines: readonly Line[], fewer: readonly CaseRequest[]) =>
    (await firstDifference(lines, fewer, recorder, upstreams).catch(() => null)) !== null
  let rest = requests
  for (const request of requests) {
    if (!(await disagrees(site, [request]))) continue
    rest = [request]
    break
  }
  const lines = rest.length === 1 ? await shrunkSite(site, (candidate) => disagrees(candidate, rest)) : site
  const difference = await firstDifference(lines, rest, recorder, upstreams)
  const sent = rest.length === 1 ? JSON.stringify(rest[0]) : `${rest.length} requests, of which ${difference?.request}`
  return `${siteText(lines)}${sent}\nnginx ${JSON.stringify(difference?.nginx)}\nmodel ${JSON.stringify(difference?.model)}\n`
}

async function shrunkSite(
  site: readonly Line[],
  disagrees: (candidate: readonly Line[]) => Promise<boolean>,
): Promise<readonly Line[]> {
  for (const candidate of smaller(site)) {
    if (await disagrees(candidate)) return shrunkSite(candidate, disagrees)
  }
  return site
}

function write(text: string): void {
  process.stdout.write(text)
}

await main()
