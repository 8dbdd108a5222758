import type { BackendRecord } from '../../backends/stub-server.ts'
import type { ResponseMessage } from '../../chain/message.ts'
import type { DecidedBy, Exchange, Forward, Reason, Rule } from '../../chain/trace.ts'
import { ruleOf } from '../../nginx/compile/scope.ts'
import { findPins } from '../../nginx/pins.ts'
import { type NginxDecision, RefusedRequestError } from '../../nginx/site.ts'
import { pinReasons } from '../pin-reasons.ts'
import { type ConfiguredPeers, configuredPeers } from './configured-peers.ts'
import type { Evidence, InForce } from './evidence.ts'
import { findLocation, type LocationInFile } from './location-in-file.ts'
import { answerOf, observedForwards } from './nginx-forwards.ts'
import type { Observation, ObservedLocation } from './observation.ts'
import { type Replay, replayModel } from './replay-model.ts'
import { likelyServers } from './server-in-file.ts'

/** What nginx did with a request, and the records that tell what became of it behind nginx. */
export interface ObservedNginx {
  readonly exchange: Exchange
  /** The record of the stub that the last try came to; null where it came to none. */
  readonly record: BackendRecord | null
  /** Records of requests that nginx did not send. */
  readonly others: readonly BackendRecord[]
}

type Explanation = Pick<Exchange, 'rule' | 'matched' | 'nearMisses'> & {
  readonly decidedBy: DecidedBy
  readonly reasons: readonly Reason[]
}

/**
 * nginx's exchange. What it did is in its log; why it did so, the model of nginx says as long as it does the same. Where it
 * does something else, or there is none, the log's own words stand for reasons.
 */
export function observedNginx(evidence: Evidence, inForce: InForce, seen: Observation): ObservedNginx {
  const replay = replayOf(evidence, inForce, seen)
  const find = finderFor(evidence, inForce, seen)
  const peersOf = (location: ObservedLocation | null): ConfiguredPeers => {
    const block = find(location)?.block ?? []
    return inForce.file.site === null ? { host: null, pins: [] } : configuredPeers(inForce.file.site, block)
  }
  const { forwards, record, others } = observedForwards(evidence, seen, replay?.sends ?? [], inForce, peersOf)
  const decision = replay?.decision ?? null
  const { reasons, ...explanation } =
    decision === null
      ? explainByLog(find(seen.location), seen, replay?.difference ?? null)
      : explainByModel(decision, replay?.sends ?? [], forwards)
  const pins = inForce.file.site === null ? [] : findPins(inForce.file.site)
  const exchange: Exchange = {
    hop: 'nginx',
    service: null,
    received: evidence.request,
    ...explanation,
    reasons: [...reasons, ...pinReasons(forwards, inForce.ownerOf, pins)],
    forwards,
    answered: evidence.response,
    origin: seen.passedOn ? 'upstream' : 'self',
  }
  return { exchange, record, others }
}

function replayOf(evidence: Evidence, { model }: InForce, seen: Observation): Replay | null {
  if (model === null) return null
  const { request, requestId, response } = evidence
  const answer = (at: number): ResponseMessage | null => {
    const one = seen.tries[at]
    return one === undefined ? null : answerOf(one, request, '')
  }
  try {
    return replayModel(model, request, requestId, response, seen, answer)
  } catch (error) {
    // The model does not know what this request comes to: the log alone tells.
    if (error instanceof RefusedRequestError) return null
    throw error
  }
}

/** Looks up a location of the log in the file, in the server that took the request on. */
function finderFor({ request }: Evidence, { file: { site } }: InForce, seen: Observation) {
  const servers = site === null ? [] : likelyServers(site, seen, request)
  return (location: ObservedLocation | null): LocationInFile | null =>
    site === null || location === null ? null : findLocation(site, location, servers)
}

function explainByModel(
  { rule, matched, decidedBy, reasons, nearMisses }: NginxDecision,
  sends: Replay['sends'],
  forwards: readonly Forward[],
): Explanation {
  return { rule, matched, decidedBy, nearMisses, reasons: [...reasons, ...otherPeers(sends, forwards)] }
}

/** Whose turn it was in a group of upstreams, where the model would have taken another. */
function otherPeers(sends: Replay['sends'], forwards: readonly Forward[]): Reason[] {
  return forwards.flatMap(({ to }, at) => {
    const modelled = sends[at]?.to
    if (modelled === undefined || (modelled.address === to.address && modelled.port === to.port)) return []
    return [{ text: `nginx's log: connect to ${to.address}:${to.port}`, span: null }]
  })
}

function explainByLog(
  found: LocationInFile | null,
  { location, notes, tries }: Observation,
  difference: string | null,
): Explanation {
  const reasons = notes.map((note): Reason => ({ text: `nginx's log: ${note}`, span: null }))
  if (difference !== null)
    reasons.unshift({ text: `the model of nginx does something else: ${difference}`, span: null })
  const chosen = found?.rule ?? null
  if (chosen !== null) reasons.push({ text: `${chosen.text} is the location that nginx used`, span: chosen.span })
  return {
    rule: found === null ? null : decidingRule(found, tries.length > 0),
    matched: found?.label ?? (location === null ? null : labelOf(location)),
    decidedBy: { location: chosen, target: null, headers: new Map(), readTimeout: null },
    reasons,
    nearMisses: [],
  }
}

/** `proxy_pass` where it sent the request on, else its `return`, else the location itself. */
function decidingRule({ block, rule }: LocationInFile, sent: boolean): Rule {
  const one = (wanted: string) => block.find(({ name }) => name.text === wanted)
  const deciding = (sent ? one('proxy_pass') : undefined) ?? one('return')
  return deciding === undefined ? rule : ruleOf(deciding)
}

/** A location that is in no file we know, in the model's notation as far as the log tells. */
function labelOf({ kind, name }: ObservedLocation): string | null {
  if (kind === 'server') return null
  const text = Buffer.from(name, 'latin1').toString('utf8')
  return kind === 'exact' ? `= ${text}` : kind === 'regex' ? `~ ${text}` : text
}
