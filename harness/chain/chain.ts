import type { Source } from '../diagnostics/source.ts'
import type { Service } from './service.ts'

/** Everything that decides where a request goes: nginx site file, gateway config, Services with their ClusterIPs. */
export interface Chain {
  /** The folder's name, or the scenario's where the chain is written inline. */
  readonly name: string
  /** The absolute folder that holds the chain's files; no path may lead out of it. */
  readonly dir: string
  readonly site: Source
  /** Files that the site file includes, by the path written in `include` with globs expanded. */
  readonly includes: ReadonlyMap<string, Source>
  readonly gatewayConfig: GatewayConfigFiles
  readonly services: readonly Service[]
  readonly servicesFile: Source
}

/** The data keys of ConfigMap `gateway-config`. */
export interface GatewayConfigFiles {
  readonly routes: Source
  readonly middleware: Source | null
  readonly auth: Source | null
}

/** The name of the Service that is the gateway: its hop is `gateway`; every other Service is a `backend`. */
export const GATEWAY_SERVICE = 'api-gateway'
