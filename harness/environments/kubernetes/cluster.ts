import type { EvidenceFiles } from '../environment.ts'
import type { Kube } from './kube.ts'
import type { ImagePullPolicy } from './manifests.ts'
import type { NginxHost } from './nginx-host.ts'
import type { NodeRelay } from './node-relay.ts'

/** What a world needs of a cluster: a namespace that it has for itself, and an nginx with the relay beside it. */
export interface Cluster {
  /** Knows its namespace. */
  readonly kube: Kube
  readonly relay: NodeRelay
  readonly nginx: NginxHost
  /** Aborts when nobody waits any more for what is done with it. */
  readonly signal?: AbortSignal
  /** What gateway, stubs and relay run from. */
  readonly image: string
  readonly imagePullPolicy: ImagePullPolicy
  /** Whether Services have the ClusterIPs that the chain asks for, or those that the cluster gives them. */
  readonly pins: 'kept' | 'given'
  /** What stands for addresses that a chain's files may name beside those of its Services: theirs, and this cluster's. */
  readonly addresses: ReadonlyMap<string, string>
  /** What it has to say beside its API. @throws {Error} it cannot be read */
  evidence(): Promise<EvidenceFiles>
  /** Lines for a shell by which a person looks into it. */
  readonly lookInside: readonly string[]
}
