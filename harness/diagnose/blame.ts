import type { HopName, Rule, Trace } from '../chain/trace.ts'
import {
  answeredByBackend,
  answerHeaderChanged,
  gatewayAnswered,
  letThrough,
  nginxAnswered,
  nginxReplacedAnswer,
  redirectLeavesTheSite,
  servesNothing,
} from './blame-answer.ts'
import {
  gatewaySentElse,
  gatewayTookAnotherRoute,
  nginxAlteredTarget,
  nginxDroppedUpgrade,
  nginxLocationTookOver,
  nginxSentElse,
  nginxTookAnotherLocation,
} from './blame-decision.ts'
import { gatewayMetWrongTargetPort, nginxMetWrongTargetPort } from './blame-target-port.ts'
import {
  gatewayUnreachable,
  gatewayWrongPort,
  nginxGaveUp,
  nginxUnreachable,
  nginxWrongPort,
  pinOfAnother,
  pinOfNobody,
} from './blame-transport.ts'
import { gatewaySpokeAnotherVersion, nginxSpokeAnotherVersion } from './blame-version.ts'
import { type BlameContext, type Deviation, Scene } from './scene.ts'

export type { BlameContext, Deviation } from './scene.ts'

/** The first hop where the trace leaves what was expected, the rule that made it so, and why in a sentence. */
export interface Blame {
  readonly hop: HopName
  /** The Service whose pod that hop is; null for nginx. */
  readonly service: string | null
  readonly rule: Rule | null
  readonly because: string
}

/** One way in which a chain goes wrong: null where the scene shows another. */
export type BlameCase = (scene: Scene) => Blame | null

/**
 * Every case, from the client's side to the backend's: a hop that left the way first made all that follows it.
 * Within a hop, what it decided comes before where that led, and that before what it answered.
 */
const CASES: readonly BlameCase[] = [
  nginxTookAnotherLocation,
  nginxLocationTookOver,
  pinOfAnother,
  pinOfNobody,
  nginxWrongPort,
  nginxDroppedUpgrade,
  nginxSpokeAnotherVersion,
  nginxSentElse,
  nginxReplacedAnswer,
  nginxGaveUp,
  nginxMetWrongTargetPort,
  nginxUnreachable,
  nginxAnswered,
  nginxAlteredTarget,
  gatewayTookAnotherRoute,
  gatewayWrongPort,
  gatewaySpokeAnotherVersion,
  gatewaySentElse,
  gatewayMetWrongTargetPort,
  gatewayUnreachable,
  gatewayAnswered,
  servesNothing,
  letThrough,
  answerHeaderChanged,
  redirectLeavesTheSite,
  answeredByBackend,
]

/**
 * Finds who is to blame for a trace that is not as it should be.
 * @param checks what was expected of it, passed and failed; empty to ask about the answer alone
 * @returns null where nothing is wrong (no failed check, an answer below 400), or the request itself is to blame. One
 *   thing is told even of a good answer: that a stale pin led to another Service
 */
export function findBlame(trace: Trace, checks: readonly Deviation[], context: BlameContext): Blame | null {
  const scene = new Scene(trace, checks, context)
  const cases = scene.wentWrong ? CASES : [pinOfAnother]
  for (const find of cases) {
    const blame = find(scene)
    if (blame !== null) return blame
  }
  return null
}
