import { setTimeout as sleep } from 'node:timers/promises'
import {
  EnvironmentError,
  EnvironmentGoneError,
  InvalidChainError,
  NO_EVIDENCE,
  UnsupportedError,
  type World,
  withEvidence,
} from '../environment.ts'
import { inTime } from '../kubernetes/cluster-files.ts'
import { orAborted } from '../or-aborted.ts'
import type { K3sCluster } from './cluster.ts'

/** Connections to a container that is being killed break a moment before the engine says that it has ended. */
const NOTICE_MS = 3_000

/** A world that waits for nothing any more once its cluster is gone, and then says that. */
export function tellingGone(world: World, cluster: K3sCluster): World {
  const told = async <Result>(result: Promise<Result>): Promise<Result> => {
    try {
      return await orAborted(result, cluster.watch.gone)
    } catch (error) {
      throw (await whyGone(cluster, error)) ?? error
    }
  }
  return {
    request: (request) => told(world.request(request)),
    websocket: (request, messages) => told(world.websocket(request, messages)),
    change: (change) => told(world.change(change)),
    services: () => told(world.services()),
    pins: () => world.pins(),
    listens: () => world.listens(),
    evidence: () => orAborted(world.evidence(), cluster.watch.gone),
    nginx: () => told(world.nginx()),
    lookInside: () => world.lookInside(),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

/**
 * Why a cluster is gone, with what its containers have logged, where an error is for that reason; null where it is not. The
 * engine is asked once about an error that may have any reason.
 */
export async function whyGone({ watch, evidence }: K3sCluster, error: unknown): Promise<EnvironmentGoneError | null> {
  if (error instanceof InvalidChainError || error instanceof UnsupportedError) return null
  if (!(error instanceof EnvironmentError)) await orAborted(sleep(NOTICE_MS), watch.gone).catch(() => undefined)
  if (!watch.gone.aborted) await watch.look()
  const { reason } = watch.gone
  return reason instanceof EnvironmentGoneError ? withEvidence(reason, await inTime(evidence(), NO_EVIDENCE)) : null
}
