import { utf8Of } from '../../chain/message.ts'
import type { OwnedPin, ServiceState } from '../../chain/service.ts'
import { type ChainSources, chainFiles, serviceFiles } from '../chain-files.ts'
import type { EvidenceFiles } from '../environment.ts'
import { type CarriedRequest, requestFiles } from '../observed/request-files.ts'
import type { Notes } from './protocol.ts'

/** What is known of a sandbox's world. */
export interface SandboxState {
  readonly running: ChainSources
  readonly lying: ChainSources
  /** The nginx.conf that nginx starts with. */
  readonly mainConf: string
  readonly services: readonly ServiceState[]
  readonly pins: readonly OwnedPin[]
  /** The last request; null where there was none. */
  readonly last: CarriedRequest | null
  /** Null where the inside does not answer any more. */
  readonly notes: Notes | null
}

/** The evidence of a sandbox. */
export function sandboxFiles({ running, lying, mainConf, services, pins, last, notes }: SandboxState): EvidenceFiles {
  const files = new Map([
    ...chainFiles(running, lying),
    ...serviceFiles(services, pins),
    ['nginx-main.conf', mainConf],
    ...(last === null ? [] : requestFiles(last)),
  ])
  if (notes === null) return files
  files.set('nginx-since.log', utf8Of(notes.nginxLog))
  if (notes.gatewaySaid !== '') files.set('gateway-said.log', notes.gatewaySaid)
  return files
}
