import type { Chain } from '../../../chain/chain.ts'
import type { ClientRequest } from '../../../chain/client-request.ts'
import { whyNobodyListens } from '../../../diagnose/why-nobody-listens.ts'
import { rulesOn } from '../../../environments/nginx-version.ts'
import { simulatedBy } from '../../../environments/simulated/simulated.ts'
import { renderExplanation } from '../../../reporters/explanation.ts'
import { traceJson } from '../../../reporters/json.ts'
import { renderOtherVersions } from '../../../reporters/other-versions.ts'
import { clientRequest } from '../../../runner/client-request.ts'
import { otherVersions } from '../../../runner/other-versions.ts'
import type { Trace } from '../../../trace/trace.ts'
import { chainOf } from '../../chain-folder.ts'
import { EXIT, type ExitCode } from '../../exit-codes.ts'
import { inWorld } from '../../in-world.ts'
import { entered, readRequest } from '../../read-request.ts'
import { complain, wantsColor } from '../../terminal.ts'
import type { ExplainCommandOptions } from './options.ts'

/** Characters of nginx files that are compiled once more for each rule of the versions; of longer ones that takes seconds and gigabytes. */
const MAX_SIZE_BY_VERSION = 64 * 1024

/** `chain explain`: one request through a chain, and at every hop what happened and why. */
export async function explain(words: readonly string[], options: ExplainCommandOptions): Promise<ExitCode> {
  const asked = readRequest(words, options)
  const chain = asked === null ? null : chainOf(options.chain)
  const request = asked === null || chain === null ? null : entered(asked, chain, options)
  if (request === null || chain === null) return EXIT.invalid
  const sendable = clientRequest(request)
  if (sendable.kind === 'refused') {
    complain(`Failed to send request "${request.method} ${request.url}": ${sendable.because}.`)
    return EXIT.invalid
  }
  return inWorld(chain, options, async ({ world, environment }) => {
    const trace = await world.request(sendable.request)
    const { via, listener, httpVersion } = sendable.request
    if (trace.exchanges.length === 0 && via === 'nginx')
      complain(`${whyNobodyListens(listener, httpVersion === '2.0', await world.listens())}.`)
    if (options.json) process.stdout.write(`${traceJson(trace)}\n`)
    else {
      const color = wantsColor(process.stdout)
      const others = environment.name === 'simulated' ? await versionNotes(chain, sendable.request, trace, options) : ''
      process.stdout.write(renderExplanation(trace, { color }) + others)
    }
    return EXIT.passed
  })
}

/** What other versions of nginx would do otherwise, in lines. */
async function versionNotes(
  chain: Chain,
  request: ClientRequest,
  trace: Trace,
  { seed }: ExplainCommandOptions,
): Promise<string> {
  const rules = rulesOn(chain.host)
  const size = [chain.site, ...chain.includes.values()].reduce((sum, { text }) => sum + text.length, 0)
  if (size > MAX_SIZE_BY_VERSION)
    return '\nOther versions of nginx are not asked about files as long as these: "chain check --nginx 1.22,1.30" asks about two.\n'
  const others = await otherVersions(chain, request, trace, rules, simulatedBy, { seed })
  return renderOtherVersions(others, rules.version, { color: wantsColor(process.stdout) })
}
