import { EnvironmentError } from '../environment.ts'
import type { OnProgress } from '../kubernetes/wait-until.ts'
import { orAborted } from '../or-aborted.ts'
import { connectEngine, engineError } from './engine.ts'
import { down, type Ended, type KeptCluster, up } from './kept.ts'
import { removeOldImages } from './old-images.ts'
import { otherImages, otherImagesText } from './other-images.ts'

/**
 * Starts a cluster that stays, with the images asked for, where none is kept yet.
 * @param signal ends the start, and what has been started with it
 * @throws {EnvironmentError} the one that is kept runs others @throws the signal's reason
 */
export async function keep(onProgress: OnProgress, signal: AbortSignal): Promise<KeptCluster> {
  const kept = await up(onProgress, signal)
  const others = await orAborted(
    connectEngine().then((engine) => otherImages(engine, kept.id)),
    signal,
  )
  if (others.length === 0) return kept
  throw new EnvironmentError(
    `Failed to keep a cluster with these images: one is kept already, and ${otherImagesText(others)}.`,
    'Run "chain env down" first, or ask for the images that it runs by CHAIN_K3S_IMAGE and CHAIN_NGINX_IMAGE.',
  )
}

/** What {@link clear} has removed. */
export interface Cleared extends Ended {
  readonly images: number
}

/**
 * Ends the cluster that is kept, as soon as nobody uses it, clears what killed runs have left behind, and removes images of older builds.
 * @param all ends what is in use too, and at once
 * @throws {EnvironmentError} @throws the signal's reason
 */
export async function clear(onProgress: OnProgress, all: boolean, signal: AbortSignal): Promise<Cleared> {
  try {
    const ended = await down(onProgress, all, signal)
    return { ...ended, images: await removeOldImages(await connectEngine()) }
  } catch (error) {
    throw signal.aborted ? error : engineError('clear what is left', error)
  }
}
