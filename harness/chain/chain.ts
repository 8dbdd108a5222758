import { Source } from '../diagnostics/source.ts'
import type { Span } from '../diagnostics/span.ts'
import type { HostDns, HostNames } from './cluster-dns.ts'
import type { Bytes } from './message.ts'
import type { Service } from './service.ts'

/** Everything that decides where a request goes: nginx site file, gateway config, Services with their ClusterIPs. */
export interface Chain {
  /** The folder's name, or the scenario's where the chain is written inline. */
  readonly name: string
  /** The absolute folder that holds the chain's files; no path may lead out of it. */
  readonly dir: string
  /** A site, or a whole nginx.conf. */
  readonly site: Source
  /** Files that nginx may include, by their path in the chain's folder. */
  readonly includes: ReadonlyMap<string, Source>
  /** `NO_GATEWAY_CONFIG` where no Service of the chain is the gateway. */
  readonly gatewayConfig: GatewayConfigFiles
  /** What runs as the gateway, where it is not the project's own. */
  readonly gateway: GatewayProgram
  readonly host: Host
  /** What nginx finds where `root` and `alias` lead; null where nothing is known of it. */
  readonly files: HostFiles | null
  readonly services: readonly Service[]
  /** Services of its manifests that it cannot have. */
  readonly leftOut: readonly LeftOutService[]
  /** Where its Services are written. */
  readonly serviceFiles: readonly Source[]
}

/** A Service of a manifest that a chain cannot have. */
export interface LeftOutService {
  readonly name: string
  readonly span: Span
  readonly source: Source
  /** The end of a sentence that begins with the Service's name. */
  readonly because: string
}

/** Every file that the host of nginx has for clients: bytes by absolute path. A path that is not there does not exist. */
export type HostFiles = ReadonlyMap<string, Bytes>

/** The host of nginx, beside its files. */
export interface Host {
  /** Where nginx looks a name up while it loads its files. */
  readonly dns: HostDns
  /** What other names lead to: `api.example.com`. */
  readonly names: HostNames
  /** The nginx.conf around a site that is no whole nginx.conf: Debian's, that of the official image, or one that says nothing. */
  readonly conf: 'none' | 'debian' | 'image'
  /** What `${NAME}` means in nginx's files, as the official image fills its templates in. */
  readonly env: ReadonlyMap<string, string>
  /** The version of its nginx; null where the chain names none. */
  readonly nginx: NginxVersion | null
}

/** A version of nginx as it is written, `1.24` or `1.24.0`, and its place; null for one that nobody wrote. */
export interface NginxVersion {
  readonly version: string
  readonly span: Span | null
}

/**
 * The gateway of the user's own: `command` in the sandbox, `image` on a cluster. It reads the files in `GATEWAY_CONFIG_DIR` and
 * listens on the port of its Service. Where one of them is set, an environment that needs the other cannot show the chain; where
 * both are null, the project's own gateway runs everywhere.
 */
export interface GatewayProgram {
  readonly command: readonly string[] | null
  readonly image: string | null
  /** Where the scenario names it; null for the project's own. */
  readonly span: Span | null
}

/** The data keys of ConfigMap `gateway-config`. */
export interface GatewayConfigFiles {
  readonly routes: Source
  readonly middleware: Source | null
  readonly auth: Source | null
}

/** The name of the Service that is the gateway: its hop is `gateway`; every other Service is a `backend`. */
export const GATEWAY_SERVICE = 'api-gateway'

/**
 * Of a chain without a gateway: nginx sends everything straight to Services. Nobody reads it; a config has one route at least, so this
 * one has a route that nobody can ask for.
 */
export const NO_GATEWAY_CONFIG: GatewayConfigFiles = {
  routes: new Source('routes.yaml', 'routes: [{path: /no-gateway, target: "no-gateway:9000", rewrite: /no-gateway}]\n'),
  middleware: null,
  auth: null,
}

/** Whether one of the chain's Services is the gateway. */
export function hasGateway({ services }: Pick<Chain, 'services'>): boolean {
  return services.some(({ name }) => name === GATEWAY_SERVICE)
}

/** The project's own gateway, everywhere. */
export const OWN_GATEWAY: GatewayProgram = { command: null, image: null, span: null }

/** A k3s server: it does not ask cluster DNS. */
export const K3S_HOST: Host = { dns: 'own', names: new Map(), conf: 'none', env: new Map(), nginx: null }
