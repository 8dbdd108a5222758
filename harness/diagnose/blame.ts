import { exchangeAt } from '../trace/reading.ts'
import type { Pass, Trace } from '../trace/trace.ts'
import {
  answeredByBackend,
  errorPageReplacedAnswer,
  gatewayAnswered,
  keptOutByAnswer,
  letThrough,
  nginxAnswered,
  nginxDroppedCredentials,
  nginxReplacedAnswer,
  servesNothing,
} from './blame-answer.ts'
import type { Blame, BlameCase } from './blame-case.ts'
import {
  gatewaySentElse,
  gatewayTookAnotherRoute,
  nginxAlteredTarget,
  nginxDroppedUpgrade,
  nginxLocationTookOver,
  nginxLocationTooNarrow,
  nginxSentElse,
  nginxTookAnotherLocation,
} from './blame-decision.ts'
import { answerHeaderWrong } from './blame-header.ts'
import { gatewayMetWrongTargetPort, nginxMetWrongTargetPort } from './blame-target-port.ts'
import { gatewaySpokeNoTls, nginxHandshakeFailed, nginxSpokeNoTls } from './blame-tls.ts'
import {
  announcedMore,
  gatewayGaveUp,
  gatewayUnreachable,
  gatewayWrongPort,
  nginxGaveUp,
  nginxUnreachable,
  nginxWrongPort,
  nobodyListens,
  pinOfAnother,
  pinOfNobody,
} from './blame-transport.ts'
import { gatewaySpokeAnotherVersion, nginxSpokeAnotherVersion } from './blame-version.ts'
import { type BlameContext, type Deviation, Scene } from './scene.ts'

export type { Blame } from './blame-case.ts'
export type { BlameContext, ChangedBefore, Deviation } from './scene.ts'

/**
 * Every case, from the client's side to the backend's: a hop that left the way first made all that follows it.
 * Within a hop, what it decided comes before where that led, and that before what it answered.
 */
const CASES: readonly BlameCase[] = [
  nobodyListens,
  errorPageReplacedAnswer,
  nginxTookAnotherLocation,
  nginxLocationTookOver,
  nginxLocationTooNarrow,
  pinOfAnother,
  pinOfNobody,
  nginxWrongPort,
  nginxDroppedUpgrade,
  nginxSpokeAnotherVersion,
  nginxSentElse,
  nginxReplacedAnswer,
  announcedMore,
  nginxGaveUp,
  nginxHandshakeFailed,
  nginxSpokeNoTls,
  nginxMetWrongTargetPort,
  nginxUnreachable,
  nginxAnswered,
  nginxAlteredTarget,
  gatewayTookAnotherRoute,
  gatewayWrongPort,
  gatewaySpokeAnotherVersion,
  gatewaySentElse,
  gatewaySpokeNoTls,
  gatewayMetWrongTargetPort,
  gatewayGaveUp,
  gatewayUnreachable,
  nginxDroppedCredentials,
  keptOutByAnswer,
  gatewayAnswered,
  servesNothing,
  letThrough,
  answerHeaderWrong,
  answeredByBackend,
]

/**
 * Finds who is to blame for a trace that is not as it should be.
 * @param checks what was expected of it, passed and failed; empty to ask about the answer alone
 * @returns null where nothing is wrong (no failed check, an answer below 400), or the request itself is to blame. One
 *   thing is told even of a good answer: that a stale pin led to another Service
 */
export function findBlame(trace: Trace, checks: readonly Deviation[], context: BlameContext): Blame | null {
  for (const scene of scenesOf(trace, checks, context)) {
    const cases = scene.wentWrong ? CASES : [pinOfAnother]
    for (const find of cases) {
      const blame = find(scene)
      if (blame !== null) return withSubrequest(blame, scene)
    }
  }
  return null
}

/** What happened in a subrequest is told as such. */
function withSubrequest(blame: Blame, { subrequest }: Scene): Blame {
  if (subrequest === null || blame.rule === subrequest.by) return blame
  const { by } = subrequest
  return { ...blame, because: `${by === null ? 'in a subrequest' : `asked by ${by.text}`}: ${blame.because}` }
}

/**
 * nginx's passes in order, those that may have gone wrong. The last one is always among them. A subrequest comes before the
 * pass that waited for it.
 */
function* scenesOf(trace: Trace, checks: readonly Deviation[], context: BlameContext): Generator<Scene> {
  for (const index of orderOf(exchangeAt(trace, 'nginx')?.passes ?? [])) {
    const scene = new Scene(trace, index, checks, context)
    if (scene.isSuspect) yield scene
  }
}

/** The indexes of the passes: behind those of the subrequests that a pass of the client's request began, that pass itself. */
function orderOf(passes: readonly Pass[]): number[] {
  const order: number[] = []
  let own = 0
  for (const [index, { subrequest }] of passes.entries()) {
    if (subrequest !== null) order.splice(order.indexOf(own), 0, index)
    else {
      own = index
      order.push(index)
    }
  }
  return order.length === 0 ? [0] : order
}
