import { orAborted } from '../or-aborted.ts'
import { type K3sCluster, startCluster } from './cluster.ts'
import { removeCluster, removeLeftovers } from './containers.ts'
import { connectEngine, engineError } from './engine.ts'
import { keptId, takeKept } from './kept.ts'
import { otherImages, otherImagesText } from './other-images.ts'
import { thisProcess } from './owner.ts'
import { tellProgress } from './progress.ts'

/** An engine that is gone may take connections, and never answer. */
const END_TIMEOUT_MS = 10_000

/** A cluster for this process alone, and how to give it back: one of its own then ends, the kept one stays. */
export interface TakenCluster {
  readonly cluster: K3sCluster
  readonly giveBack: () => Promise<void>
}

/**
 * Takes the kept cluster where there is one that runs the images asked for, and starts one elsewhere.
 * @param signal ends that, and what has been started with it
 * @throws {EnvironmentError} @throws the signal's reason
 */
export async function takeCluster(signal?: AbortSignal): Promise<TakenCluster> {
  const engine = await orAborted(connectEngine(), signal)
  const progress = tellProgress()
  try {
    const id = await orAborted(keptId(engine), signal)
    const others = id === null ? [] : await orAborted(otherImages(engine, id), signal)
    if (others.length === 0) {
      const taking = takeKept(engine, progress.tell, signal)
      // Who waits no longer gives it back as soon as it comes.
      signal?.addEventListener('abort', () => taking.then((late) => late?.giveBack()).catch(() => undefined))
      const kept = await orAborted(taking, signal)
      if (kept !== null) return { ...kept, giveBack: () => ending(kept.cluster, kept.giveBack) }
    } else {
      progress.note(`the kept cluster stays as it is, since ${otherImagesText(others)}; this run starts one of its own`)
    }
    await removeLeftovers(engine)
    const cluster = await startCluster(engine, thisProcess(), progress.tell, signal)
    return { cluster, giveBack: () => ending(cluster, () => removeCluster(engine, cluster.address.id)) }
  } catch (error) {
    throw signal?.aborted === true ? error : engineError('take the cluster', error)
  } finally {
    progress.end()
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
