import { setTimeout as sleep } from 'node:timers/promises'
import type { Chain } from '../../chain/chain.ts'
import { chainFiles } from '../chain-files.ts'
import { type EvidenceFiles, NO_EVIDENCE } from '../environment.ts'
import type { Cluster } from './cluster.ts'
import { namespaceFiles } from './namespace-files.ts'

/** What does not answer by then keeps what it has to itself. */
const TIMEOUT_MS = 10_000

/** The evidence of a cluster whatever state it is in, with the files of the chain that was to run on it. Never throws. */
export async function clusterFiles(
  { kube, evidence }: Pick<Cluster, 'kube' | 'evidence'>,
  chain: Chain | null = null,
): Promise<EvidenceFiles> {
  const sources =
    chain === null
      ? null
      : { site: { source: chain.site, includes: chain.includes }, gatewayConfig: chain.gatewayConfig }
  // Each is worth having even where another one cannot be got any more.
  const [namespace, beside] = await Promise.all([
    inTime(namespaceFiles(kube.config, kube.namespace), NO_EVIDENCE),
    inTime(evidence(), NO_EVIDENCE),
  ])
  return new Map([...(sources === null ? [] : chainFiles(sources, sources)), ...namespace, ...beside])
}

/** What is promised, or the other where that fails or is late. */
export async function inTime<Value>(promised: Promise<Value>, otherwise: Value): Promise<Value> {
  const timer = new AbortController()
  const timeout = sleep(TIMEOUT_MS, otherwise, { signal: timer.signal }).catch(() => otherwise)
  try {
    return await Promise.race([promised, timeout])
  } catch {
    return otherwise
  } finally {
    timer.abort()
  }
}
