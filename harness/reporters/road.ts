import { matchedText, OUTCOMES } from '../diagnose/explain.ts'
import { printable } from '../diagnostics/render.ts'
import { maskText, secretsOf } from '../secrets/mask.ts'
import { lastPass, reachedBy } from '../trace/reading.ts'
import type { Exchange, Trace } from '../trace/trace.ts'

/** A target may have 8 KiB and more; a line has room for its beginning. */
const MAX_TEXT = 200

/**
 * A trace in one line, without a line break: the hops that the answer came by, what each matched, and the status. Secrets are masked.
 *
 * `GET /api/v1/processes → nginx location /api/ → gateway route /v1/processes → backend processes 200, 12 ms`
 */
export function renderRoad(trace: Trace): string {
  const { request, response, elapsedMs } = trace
  const secrets = secretsOf(trace)
  const parts = [`${request.method} ${request.target}`, ...roadOf(trace).map(hopText)]
  const road = parts.map((part) => shortened(maskText(part, secrets))).join(' → ')
  return printable(`${road} ${response === null ? 'no answer' : response.status}, ${Math.round(elapsedMs)} ms`)
}

/** From where the client came in along the tries that gave the answer; what subrequests did is not on it. */
function roadOf(trace: Trace): Exchange[] {
  const road: Exchange[] = []
  let at = trace.exchanges[0]
  while (at !== undefined) {
    road.push(at)
    at = nextOn(trace, at)
  }
  return road
}

function nextOn(trace: Trace, at: Exchange): Exchange | undefined {
  const pass = lastPass(at)
  return pass === undefined ? undefined : reachedBy(trace, at, at.passes.indexOf(pass), pass.tries.length - 1)
}

function hopText(exchange: Exchange): string {
  const { hop, service } = exchange
  if (hop === 'backend') return service === null ? hop : `${hop} ${service}`
  const passes = exchange.passes.filter(({ subrequest }) => subrequest === null)
  const last = passes.at(-1)?.tries.at(-1)
  const failed = last === undefined || last.outcome === 'answered' ? '' : ` (${OUTCOMES[last.outcome]})`
  const matched = passes.map((pass) => matchedText(hop, pass.matched))
  return `${hop} ${matched.join(', then ')}${failed}`
}

function shortened(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
}
