import type { ResponseMessage } from '../../chain/message.ts'
import { ruleOf } from '../../nginx/core/scope.ts'
import { findPins, isPass } from '../../nginx/pins.ts'
import { type PassDecision, RefusedRequestError } from '../../nginx/site.ts'
import { type Exchange, type Pass, type Reason, type Rule, type Try, UNDECIDED } from '../../trace/trace.ts'
import { pinReasons } from '../pin-reasons.ts'
import { type ConfiguredPeers, configuredPeers } from './configured-peers.ts'
import type { Evidence, InForce } from './evidence.ts'
import { findLocation, type LocationInFile } from './location-in-file.ts'
import { answerOf, nginxTries } from './nginx-tries.ts'
import type { Observation, ObservedLocation, ObservedPass, ObservedTry } from './observation.ts'
import { type Replay, replayModel } from './replay-model.ts'
import { likelyServers } from './server-in-file.ts'

/**
 * nginx's exchange. What it did is in its log; why it did so, the model of nginx says as long as it does the same. Where it
 * does something else, or there is none, the log's own words stand for reasons.
 */
export function observedNginx(evidence: Evidence, inForce: InForce, seen: Observation): Exchange {
  const replay = replayOf(evidence, inForce, seen)
  const find = finderFor(evidence, inForce, seen)
  const { site } = inForce.file
  const peersOf = (location: ObservedLocation | null): ConfiguredPeers =>
    site === null ? { host: null, pins: [] } : configuredPeers(site, find(location)?.block ?? [])
  const sends = replay?.sends ?? []
  const tries = nginxTries(evidence, seen, sends, inForce, peersOf)
  const pins = site === null ? [] : findPins(site)
  const passes = seen.passes.map((pass, index): Pass => {
    const own = tries[index] ?? []
    const decision = replay?.decision?.passes[index]
    const explained =
      decision === undefined
        ? passByLog(pass, own, find(pass.location), noteReasons(seen, replay?.difference ?? null, index))
        : passByModel(
            decision,
            own,
            sends.filter((send) => send.pass === index),
          )
    return { ...explained, reasons: [...explained.reasons, ...pinReasons(own, inForce.ownerOf, pins)] }
  })
  return {
    hop: 'nginx',
    service: null,
    reachedBy: null,
    received: evidence.request,
    passes,
    answered: evidence.response,
    origin: seen.passedOn ? 'upstream' : 'self',
    answerHeaders: replay?.decision?.answerHeaders ?? [],
  }
}

function replayOf(evidence: Evidence, { model }: InForce, seen: Observation): Replay | null {
  if (model === null) return null
  const { request, requestId, listener, response } = evidence
  const answer = (one: ObservedTry): ResponseMessage | null => answerOf(one, request, '', null)
  try {
    return replayModel(model, request, requestId, listener, response, seen, answer)
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

function passByModel({ nearMisses, ...decision }: PassDecision, tries: readonly Try[], sends: Replay['sends']): Pass {
  return {
    ...decision,
    nearMisses: nearMisses(),
    tries,
    reasons: [...decision.reasons, ...otherPeers(sends, tries)],
  }
}

/** Whose turn it was in a group of upstreams, where the model would have taken another. */
function otherPeers(sends: Replay['sends'], tries: readonly Try[]): Reason[] {
  return tries.flatMap(({ to }, at): Reason[] => {
    const modelled = sends[at]?.to
    if (modelled === undefined || (modelled.address === to.address && modelled.port === to.port)) return []
    return [{ kind: 'nginx-log', note: `connect to ${to.address}:${to.port}`, span: null }]
  })
}

/** The log is one for all passes: its words stand in the first. */
function noteReasons({ notes, missingFile }: Observation, difference: string | null, pass: number): Reason[] {
  if (pass > 0) return []
  const reasons: Reason[] =
    notes === null
      ? [{ kind: 'no-nginx-log', span: null }]
      : notes.map((note) => ({ kind: 'nginx-log', note, span: null }))
  if (missingFile !== null) reasons.push({ kind: 'file-missing', path: missingFile, span: null })
  return difference === null ? reasons : [{ kind: 'model-differs', difference, span: null }, ...reasons]
}

function passByLog(
  { location, subrequest }: ObservedPass,
  tries: readonly Try[],
  found: LocationInFile | null,
  notes: readonly Reason[],
): Pass {
  const chosen = found?.rule ?? null
  const used: Reason[] = chosen === null ? [] : [{ kind: 'location-used', line: chosen.text, span: chosen.span }]
  const whole = found === null ? null : decidingRule(found, tries.length > 0)
  return {
    matched: found?.label ?? (location === null ? null : labelOf(location)),
    ledBy: null,
    subrequest,
    decidedBy: { ...UNDECIDED, whole, location: chosen },
    reasons: [...notes, ...used],
    nearMisses: [],
    tries: tries.map((one) => ({ ...one, by: one.by ?? whole })),
  }
}

/** `proxy_pass` where it sent the request on, else its `return`, else the location itself. */
function decidingRule({ block, rule }: LocationInFile, sent: boolean): Rule {
  const one = (wanted: string) => block.find(({ name }) => name.text === wanted)
  const deciding = (sent ? block.findLast(({ name }) => isPass(name.text)) : undefined) ?? one('return')
  return deciding === undefined ? rule : ruleOf(deciding)
}

/** A location that is in no file we know, in the model's notation as far as the log tells. */
function labelOf({ kind, name }: ObservedLocation): string | null {
  if (kind === 'server') return null
  const text = Buffer.from(name, 'latin1').toString('utf8')
  return kind === 'exact' ? `= ${text}` : kind === 'regex' ? `~ ${text}` : text
}
