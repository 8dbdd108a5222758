import { existsSync } from 'node:fs'
import path from 'node:path'
import { loadChain } from '../../../chain/load-chain.ts'
import type { Header } from '../../../chain/message.ts'
import { whyNobodyListens } from '../../../diagnose/why-nobody-listens.ts'
import { formatSpan } from '../../../diagnostics/span.ts'
import { checkChain } from '../../../environments/check-chain.ts'
import { UnsupportedError } from '../../../environments/environment.ts'
import { rulesOn } from '../../../environments/nginx-version.ts'
import { simulated, simulatedBy } from '../../../environments/simulated/simulated.ts'
import { renderExplanation } from '../../../reporters/explanation.ts'
import { traceJson } from '../../../reporters/json.ts'
import { renderOtherVersions } from '../../../reporters/other-versions.ts'
import { clientRequest } from '../../../runner/client-request.ts'
import { otherVersions } from '../../../runner/other-versions.ts'
import { EXIT, type ExitCode } from '../../exit-codes.ts'
import { complain, complainOf, wantsColor } from '../../terminal.ts'
import type { ExplainCommandOptions } from './options.ts'

/** `chain explain`: one request through a simulated chain, and at every hop what happened and why. */
export async function explain(requestLine: string, options: ExplainCommandOptions): Promise<ExitCode> {
  const request = /^([!#$%&'*+.^_`|~\w-]+) ([\x21-\xff]+)$/.exec(requestLine)
  if (request === null) {
    complain(
      `Failed to read request "${requestLine}": it is not METHOD, one space, and a path or a URL. Write 'GET /api/v1/processes'.`,
    )
    return EXIT.invalid
  }
  const headers = options.header.map(headerOf)
  const wrong = options.header[headers.indexOf(null)]
  if (wrong !== undefined) {
    complain(`Failed to read header "${wrong}": it has no colon. Write -H 'Host: flowmaster.example'.`)
    return EXIT.invalid
  }
  const [, method = '', url = ''] = request
  const known = headers.filter((header) => header !== null)
  const sendable = clientRequest({
    via: 'nginx',
    from: null,
    proxied: null,
    method,
    url,
    target: null,
    httpVersion: '1.1',
    headers: known,
    body: '',
  })
  if (sendable.kind === 'refused') {
    complain(`Failed to send request "${requestLine}": ${sendable.because}.`)
    return EXIT.invalid
  }
  const dir = path.resolve(options.chain)
  if (!existsSync(dir)) {
    complain(
      `Failed to find chain "${options.chain}": there is no such folder. Name the folder of a chain by --chain DIR.`,
    )
    return EXIT.invalid
  }
  const { chain, diagnostics } = loadChain(dir, dir)
  const problems = chain === null ? diagnostics : checkChain(chain)
  if (chain === null || problems.length > 0) {
    complainOf(problems)
    return EXIT.invalid
  }
  try {
    await using world = await simulated.start(chain, { seed: 1 })
    const trace = await world.request(sendable.request)
    if (trace.exchanges.length === 0)
      complain(`${whyNobodyListens(sendable.request.listener, false, await world.listens())}.`)
    if (options.json) {
      process.stdout.write(`${traceJson(trace)}\n`)
      return EXIT.passed
    }
    const color = wantsColor(process.stdout)
    const rules = rulesOn(chain.host)
    const others = await otherVersions(chain, sendable.request, trace, rules, simulatedBy, { seed: 1 })
    process.stdout.write(renderExplanation(trace, { color }) + renderOtherVersions(others, rules.version, { color }))
    return EXIT.passed
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error
    for (const { what, span, because } of error.gaps) {
      complain(`${span === null ? '' : `${formatSpan(span)}: `}unsupported: "${what}": ${because}`)
    }
    return EXIT.failed
  }
}

function headerOf(line: string): Header | null {
  const colon = line.indexOf(':')
  return colon <= 0 ? null : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
}
