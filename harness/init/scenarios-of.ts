import path from 'node:path'
import type { Chain } from '../chain/chain.ts'
import { nginxFiles } from '../chain/nginx-files.ts'
import { Source } from '../diagnostics/source.ts'
import { InvalidChainError, UnsupportedError } from '../environments/environment.ts'
import { loadGatewayConfig } from '../environments/load-gateway-config.ts'
import { readSite } from '../environments/load-site.ts'
import { rulesOn } from '../environments/nginx-version.ts'
import { simulated } from '../environments/simulated/simulated.ts'
import { runScenario } from '../runner/run-scenario.ts'
import { CONFIG_FILE } from '../scenario/chain-config.ts'
import { parseScenario } from '../scenario/load-scenario.ts'
import type { NamedChains } from '../scenario/named-chains.ts'
import { exchangeAt } from '../trace/reading.ts'
import { type Entry, entriesOf } from './entries.ts'
import { type Answered, ask, scenarioText } from './first-scenario.ts'
import { schemaFrom } from './schema-from.ts'
import type { PlannedFile } from './write-files.ts'

/** More scenarios of one chain are not written at a time: nobody reads them. */
const MAX_SCENARIOS = 40
const SEED = 1

export interface ScenarioContext {
  readonly chains: NamedChains
  readonly root: string
  /** Where the scenarios of the chain stand, from the root. */
  readonly folder: string
  readonly notes: string[]
}

/** A scenario for each location and route of a chain, as far as it has an answer that can be expected. */
export async function scenariosOf(chain: Chain, context: ScenarioContext): Promise<PlannedFile[]> {
  const { source, includes } = nginxFiles(chain)
  const site = readSite(source, includes, rulesOn(chain.host)).site
  const entries = site === null ? [] : entriesOf(site.directives)
  const files: PlannedFile[] = []
  const routes = loadRoutes(chain)
  try {
    await using world = await simulated.start(chain, { seed: SEED })
    for (const entry of entries.slice(0, MAX_SCENARIOS)) {
      const answer = await firstAnswer(entry, (url) => ask(world, { method: 'GET', url, via: 'nginx' }))
      await add(answer, entry.what, entry.slug)
    }
    for (const route of routes) {
      const target = `/api${route.replace(/\{[^}]*\}|\*/g, 'example')}`
      const through = await ask(world, { method: 'GET', url: target, via: 'nginx' })
      const reached = through.trace === null ? undefined : exchangeAt(through.trace, 'gateway')
      const answer =
        reached?.passes[0]?.matched === route
          ? through
          : await ask(world, { method: 'GET', url: target, via: 'gateway' })
      await add(answer, `route ${route}`, `route-${route.replace(/[^a-z0-9]+/gi, '-').replace(/^-+|-+$/g, '')}`)
    }
  } catch (error) {
    if (error instanceof UnsupportedError)
      context.notes.push(
        `Chain ${chain.name} has no scenario, since simulated cannot show it: ${error.what}: ${error.message}.`,
      )
    else if (error instanceof InvalidChainError)
      context.notes.push(`Chain ${chain.name} has no scenario: ${error.message}.`)
    else throw error
  }
  if (entries.length > MAX_SCENARIOS)
    context.notes.push(
      `Chain ${chain.name} has ${entries.length} locations: the first ${MAX_SCENARIOS} have scenarios.`,
    )
  return files

  async function add(answer: Answered, what: string, slug: string): Promise<void> {
    if ('because' in answer) {
      context.notes.push(`Chain ${chain.name}, ${what}: no scenario. ${answer.because}.`)
      return
    }
    const used = files.map(({ file }) => file)
    const file = freeFile(`${context.folder}/${slug}`, used)
    const isFirst = context.chains.names[0] === chain.name
    const schema = schemaFrom(path.posix.dirname(file), 'scenario')
    const text = scenarioText(answer.name, answer.step, isFirst ? null : chain.name, schema)
    if (await passes(text, file, context)) files.push({ file, text, what: answer.name })
    else
      context.notes.push(
        `Chain ${chain.name}, ${what}: no scenario. What was expected of ${answer.step.request} does not hold twice.`,
      )
  }
}

/** The first request that comes to the location and has an answer to expect; else why the likeliest one has none. */
async function firstAnswer(entry: Entry, send: (url: string) => Promise<Answered>): Promise<Answered> {
  let because: Answered | null = null
  for (const url of entry.urls) {
    const answer = await send(url)
    const nginx = answer.trace === null ? undefined : exchangeAt(answer.trace, 'nginx')
    const locations = nginx?.passes.map(({ decidedBy: { location } }) => location?.span) ?? []
    const comes = entry.span === null || locations.some((span) => isSame(span, entry.span))
    if (comes && 'step' in answer) return answer
    because ??= 'because' in answer ? answer : { trace: null, because: `GET ${url} comes to another location` }
  }
  return because ?? { trace: null, because: 'No request is known that its pattern takes' }
}

function isSame(one: Entry['span'] | undefined, other: Entry['span']): boolean {
  return one?.file === other?.file && one?.line === other?.line
}

function loadRoutes(chain: Chain): readonly string[] {
  if (!chain.services.some(({ name }) => name === 'api-gateway')) return []
  try {
    return loadGatewayConfig(chain.gatewayConfig).table.routes.map(({ route }) => route.path)
  } catch (error) {
    if (error instanceof InvalidChainError) return []
    throw error
  }
}

/** Whether a scenario passes as its file would be read. */
async function passes(text: string, file: string, { chains, root }: ScenarioContext): Promise<boolean> {
  const source = new Source(path.join(root, file), text)
  const config = { ...chains, file: path.join(root, CONFIG_FILE), scenarios: [], diagnostics: [] }
  const { scenario } = parseScenario(source, { root, bounds: root, config })
  return scenario !== null && (await runScenario(scenario, simulated, { seed: SEED })).verdict === 'pass'
}

function freeFile(stem: string, used: readonly string[]): string {
  for (let at = 1; ; at++) {
    const file = `${stem}${at === 1 ? '' : `-${at}`}.yaml`
    if (!used.includes(file)) return file
  }
}
