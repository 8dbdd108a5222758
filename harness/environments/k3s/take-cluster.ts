import { type K3sCluster, startCluster } from './cluster.ts'
import { removeCluster } from './containers.ts'
import { connectEngine } from './engine.ts'
import { thisProcess } from './owner.ts'
import { tellProgress } from './progress.ts'
import { takeWarmCluster } from './warm.ts'

/** A cluster for this process alone, and how to give it back: one of its own then ends, the warm one stays. */
export interface TakenCluster {
  readonly cluster: K3sCluster
  readonly giveBack: () => Promise<void>
}

/** Takes the warm cluster where there is one, and starts one elsewhere. @throws {EnvironmentError} */
export async function takeCluster(): Promise<TakenCluster> {
  const engine = await connectEngine()
  const progress = tellProgress()
  try {
    const warm = await takeWarmCluster(engine, progress.tell)
    if (warm !== null) return warm
    const cluster = await startCluster(engine, thisProcess(), progress.tell)
    return { cluster, giveBack: () => removeCluster(engine, cluster.address.id) }
  } finally {
    progress.end()
  }
}
