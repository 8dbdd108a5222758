import type { BackendRecord } from '../../../backends/stub-server.ts'
import type { Service } from '../../../chain/service.ts'
import type { StubTls } from '../../../chain/stub-tls.ts'

/** Where a pod is told what to be. Its Service has no such port, so nothing sent to a ClusterIP comes here. */
export const CONTROL_PORT = 65_099

/** What a stub is: `PUT /stub`. Faults and records of before are gone with it. */
export interface StubSettings extends Pick<Service, 'name' | 'stub'> {
  /** Where it listens, and what it speaks there. */
  readonly ports: readonly { readonly listens: number; readonly tls: StubTls | null }[]
}

/** The answer to `GET /records`. */
export type RecordsAnswer = readonly BackendRecord[]
