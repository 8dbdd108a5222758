import type { ContainerRuntimeClient } from 'testcontainers'
import type { OnProgress } from '../kubernetes/wait-until.ts'
import { orAborted } from '../or-aborted.ts'
import { type K3sCluster, startCluster } from './cluster.ts'
import { removeCluster } from './containers.ts'
import { connectEngine, engineError } from './engine.ts'
import { type OtherImage, otherImages, otherImagesText } from './other-images.ts'
import { thisProcess } from './owner.ts'
import { tellProgress } from './progress.ts'
import { takeWarmCluster } from './warm.ts'

/** An engine that is gone may take connections, and never answer. */
const END_TIMEOUT_MS = 10_000

/** A cluster for this process alone, and how to give it back: one of its own then ends, the warm one stays. */
export interface TakenCluster {
  readonly cluster: K3sCluster
  readonly giveBack: () => Promise<void>
}

/**
 * Takes the warm cluster where there is one, and starts one elsewhere.
 * @param signal ends that, and what has been started with it
 * @throws {EnvironmentError} @throws the signal's reason
 */
export async function takeCluster(signal?: AbortSignal): Promise<TakenCluster> {
  const engine = await orAborted(connectEngine(), signal)
  const progress = tellProgress()
  try {
    const warm = await takeWarm(engine, progress.tell, signal)
    if (warm !== null) {
      const kept = { ...warm, giveBack: () => ending(warm.cluster, warm.giveBack) }
      const others = await otherImagesOf(kept, signal)
      if (others.length === 0) return kept
      await kept.giveBack()
      progress.note(`the kept cluster stays as it is, since ${otherImagesText(others)}; this run starts one of its own`)
    }
    const cluster = await startCluster(engine, thisProcess(), progress.tell, signal)
    return { cluster, giveBack: () => ending(cluster, () => removeCluster(engine, cluster.address.id)) }
  } catch (error) {
    throw signal?.aborted === true ? error : engineError('take the cluster', error)
  } finally {
    progress.end()
  }
}

async function otherImagesOf(kept: TakenCluster, signal: AbortSignal | undefined): Promise<OtherImage[]> {
  try {
    const { engine, address } = kept.cluster
    return await orAborted(otherImages(engine, address.id), signal)
  } catch (error) {
    await kept.giveBack()
    throw error
  }
}

/** Of an engine that is gone, nothing can be removed; the next run clears it. @throws {EnvironmentError} */
async function ending({ watch }: K3sCluster, giveBack: () => Promise<void>): Promise<void> {
  const isGone = watch.gone.aborted
  watch[Symbol.dispose]()
  try {
    await orAborted(giveBack(), isGone ? AbortSignal.timeout(END_TIMEOUT_MS) : undefined)
  } catch (error) {
    if (!isGone) throw engineError('end the cluster', error)
  }
}

/** Another run may have it for long: who waits no longer gives it back as soon as it comes. */
async function takeWarm(
  engine: ContainerRuntimeClient,
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
): Promise<TakenCluster | null> {
  const taking = takeWarmCluster(engine, onProgress)
  try {
    return await orAborted(taking, signal)
  } catch (error) {
    taking.then((late) => late?.giveBack()).catch(() => undefined)
    throw error
  }
}
