import { utf8Of } from '../../chain/message.ts'
import type { OwnedPin, ServiceState } from '../../chain/service.ts'
import { type ChainSources, chainFiles, serviceFiles } from '../chain-files.ts'
import type { EvidenceFiles } from '../environment.ts'
import { type CarriedRequest, requestFiles } from '../observed/request-files.ts'
import type { Cluster } from './cluster.ts'
import { clusterFiles, inTime } from './cluster-files.ts'
import type { Translation } from './translation.ts'

/** What is known of a world on a cluster. */
export interface WorldState {
  readonly cluster: Cluster
  readonly translation: Translation
  readonly running: ChainSources
  readonly lying: ChainSources
  /** The nginx.conf that nginx starts with. */
  readonly mainConf: string
  readonly services: readonly ServiceState[]
  readonly pins: readonly OwnedPin[]
  /** The last request; null where there was none. */
  readonly last: CarriedRequest | null
}

/** The evidence of a world on a cluster. Of its own files it has what the cluster got to read. */
export async function worldFiles(state: WorldState): Promise<EvidenceFiles> {
  const { cluster, translation, running, lying, mainConf, services, pins, last } = state
  const [since, fromCluster] = await Promise.all([inTime(cluster.nginx.takeLog(), ''), clusterFiles(cluster)])
  return new Map([
    ...chainFiles(running, lying, (text) => translation.toCluster(text)),
    ...serviceFiles(services, pins),
    ...(last === null ? [] : requestFiles(last)),
    ['nginx-main.conf', mainConf],
    ['nginx-since.log', utf8Of(since)],
    ...fromCluster,
  ])
}
