import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Chain, GATEWAY_SERVICE } from '../../../chain/chain.ts'
import type { ClientRequest } from '../../../chain/client-request.ts'
import { isCurlHabit } from '../../../curl/read-curl.ts'
import { type Blame, findBlame } from '../../../diagnose/blame.ts'
import { displayPath, systemFact } from '../../../diagnostics/read-source.ts'
import { Source } from '../../../diagnostics/source.ts'
import { type Draft, draftScenario, fileNameOf } from '../../../draft/draft-scenario.ts'
import type { Environment, World } from '../../../environments/environment.ts'
import { renderFailure } from '../../../reporters/failure.ts'
import { clientRequest } from '../../../runner/client-request.ts'
import { runScenario } from '../../../runner/run-scenario.ts'
import { parseScenario } from '../../../scenario/load-scenario.ts'
import type { StepRequest } from '../../../scenario/scenario.ts'
import { readVariables } from '../../../scenario/variables.ts'
import { findWorkspace, optionsFor } from '../../../scenario/workspace.ts'
import type { Trace } from '../../../trace/trace.ts'
import { chainOf } from '../../chain-folder.ts'
import { EXIT, type ExitCode } from '../../exit-codes.ts'
import { inWorld } from '../../in-world.ts'
import { entered, readRequest } from '../../read-request.ts'
import { complain, complainOf, wantsColor } from '../../terminal.ts'
import type { NewCommandOptions } from './options.ts'

/** Where a new file goes, and how it names its chain. */
interface Target {
  readonly file: string
  readonly chain: string
}

/** `chain new`: asks a chain, and writes what it showed as a scenario that has passed once. */
export async function writeNew(words: readonly string[], options: NewCommandOptions): Promise<ExitCode> {
  const asked = readRequest(words, options)
  const chain = asked === null ? null : chainOf(options.chain)
  const request = asked === null || chain === null ? null : entered(withoutHabits(asked), chain, options)
  if (request === null || chain === null) return EXIT.invalid
  const sendable = clientRequest(request)
  if (sendable.kind === 'refused') {
    complain(`Failed to send request "${request.method} ${request.url}": ${sendable.because}.`)
    return EXIT.invalid
  }
  const target = targetOf(request, chain, options)
  if (typeof target === 'string') {
    complain(target)
    return EXIT.invalid
  }
  return inWorld(chain, options, async ({ world, environment }) => {
    const trace = await world.request(sendable.request)
    const blame = await blameFor(trace, chain, world, sendable.request)
    const draft = draftScenario({ request, trace, blame, chain: target.chain })
    const code = await tryOut(draft, target, environment, options)
    return code === EXIT.passed ? write(draft, target, environment, options) : code
  })
}

/** A file says what matters: not how curl calls itself. */
function withoutHabits(request: StepRequest): StepRequest {
  return { ...request, headers: request.headers.filter((header) => !isCurlHabit(header)) }
}

function targetOf(request: StepRequest, chain: Chain, { out, chain: wanted }: NewCommandOptions): Target | string {
  const { root: repository, config } = findWorkspace(process.cwd())
  const name = wanted ?? config?.names[0]
  const isNamed = name !== undefined && config?.names.includes(name) === true
  const folder = path.dirname(chain.dir)
  const besideChain = path.basename(folder) === 'chains' ? path.dirname(folder) : folder
  const beside = isNamed && repository !== null ? path.join(repository, 'scenarios') : besideChain
  const file = path.resolve(out === undefined || out === '-' ? path.join(beside, `${fileNameOf(request)}.yaml`) : out)
  const { root } = optionsFor(file)
  const written = isNamed ? name : path.relative(root, chain.dir)
  if (written.startsWith('..') || path.isAbsolute(written)) {
    return `Failed to write "${displayPath(file)}": its chain "${displayPath(chain.dir)}" is not below "${displayPath(root)}". Name a file beside its chain by --out FILE.`
  }
  if (out !== '-' && existsSync(file))
    return `Failed to write "${displayPath(file)}": it is there. Name another file by --out FILE.`
  return { file, chain: written.split(path.sep).join('/') }
}

/** Who is to blame for an answer that is an error; null for any other. */
async function blameFor(trace: Trace, chain: Chain, world: World, request: ClientRequest): Promise<Blame | null> {
  if (trace.response !== null && trace.response.status < 400) return null
  return findBlame(trace, [], {
    services: chain.services,
    pins: await world.pins(),
    listens: await world.listens(),
    entry: request.via === 'gateway' ? GATEWAY_SERVICE : request.via,
    listener: request.listener,
    wantedService: null,
    changes: [],
  })
}

/** Runs the file before there is one: what does not pass today is no test. */
async function tryOut(
  { text, secrets }: Draft,
  { file }: Target,
  environment: Environment,
  { seed }: NewCommandOptions,
): Promise<ExitCode> {
  const { scenario, diagnostics } = parseScenario(new Source(displayPath(file), text), optionsFor(file))
  const ready = scenario === null ? null : readVariables(scenario, Object.fromEntries(secrets))
  if (ready === null || ready.scenario === null) {
    complainOf(ready?.diagnostics ?? diagnostics)
    complain('Failed to write the scenario: its file would not be valid, as above. Write it by hand.')
    return EXIT.invalid
  }
  const result = await runScenario(ready.scenario, environment, { seed: seed + 1 })
  if (result.verdict === 'pass') return EXIT.passed
  process.stderr.write(`${renderFailure(result, { color: wantsColor(process.stderr) })}\n`)
  complain(
    'Failed to write the scenario: it does not pass when it is run again, as above. Its answer depends on chance or time.',
  )
  return EXIT.failed
}

function write(
  { text, secrets }: Draft,
  { file }: Target,
  { name }: Environment,
  { out }: NewCommandOptions,
): ExitCode {
  if (out === '-') {
    process.stdout.write(text)
    return EXIT.passed
  }
  try {
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text, { flag: 'wx' })
  } catch (error) {
    complain(`Failed to write "${displayPath(file)}": ${systemFact(error)}.`)
    return EXIT.environment
  }
  process.stdout.write(`wrote ${displayPath(file)}; it passes on ${name}\n`)
  for (const variable of secrets.keys()) {
    process.stdout.write(`  a secret of the request is not in it: export ${variable}=… before it runs\n`)
  }
  return EXIT.passed
}
