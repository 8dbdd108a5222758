import type { AccessEntry } from '../../../gateway/access-entry.ts'
import type { BackendRecord } from '../../backends/stub-server.ts'
import type { Host } from '../../chain/chain.ts'
import type { Listener } from '../../chain/client-request.ts'
import type { RequestMessage, ResponseMessage } from '../../chain/message.ts'
import type { Service, ServicePort } from '../../chain/service.ts'
import type { StubTls } from '../../chain/stub-tls.ts'
import type { Fault } from '../../chain/world-change.ts'
import type { SiteOnHost } from '../site-on-host.ts'

/**
 * What the inside of a sandbox does on command: the hands. What is sent where, and what it means, is decided outside. Arguments
 * and results travel between processes as structured clones.
 */
export interface Hands {
  /** New pods, for a new world: a stub for every Service but the gateway. */
  populate(services: readonly StubService[]): Promise<void>
  /** Makes the network as the cluster is: ClusterIPs, names, who listens, who refuses. */
  connect(cluster: ClusterState): Promise<void>
  fault(fault: Fault): Promise<void>
  /** Writes the ConfigMap; a running gateway does not notice. */
  writeGatewayConfig(files: ConfigFiles): Promise<void>
  /**
   * Starts the gateway, or another one in its place, with the ConfigMap as it is. Gives what happened where another one does not
   * start: then the one before goes on, with the files that it had.
   */
  startGateway(gateway: GatewayStart): Promise<string | null>
  /** Starts nginx with these files, or lets a running one load them. Gives nginx's own words where it refuses them. */
  loadSite(site: SiteOnHost): Promise<string | null>
  /** Sends one request and gives everything that was written down about it. */
  exchange(order: ExchangeOrder): Promise<Observation>
  /** Opens a WebSocket, sends each message and waits for one answer to each; then closes it. */
  converse(order: ExchangeOrder, messages: readonly string[]): Promise<Conversation>
  /** What was written down since the last request: what nginx logged, and what a gateway of the user's own said. */
  look(): Promise<Notes>
  /** Ends nginx, gateway and stubs, so that another world may begin. */
  clear(): Promise<void>
}

/** A Service but the gateway, with what its stub is to be. */
export interface StubService extends Pick<Service, 'name' | 'stub'> {
  /** What it speaks on each of the Service's ports, in their order. */
  readonly tls: readonly (StubTls | null)[]
}

/** A file's name as the chain knows it and its text. */
export interface TextFile {
  readonly file: string
  readonly text: string
}

/** The data keys of the ConfigMap. */
export interface ConfigFiles {
  readonly routes: TextFile
  readonly middleware: TextFile | null
  readonly auth: TextFile | null
}

/** The cluster as it is now. */
export interface ClusterState {
  readonly services: readonly {
    readonly name: string
    readonly on: Service['on']
    readonly clusterIP: string | null
    readonly port: number
    readonly socket: string | null
    readonly targetPort: number
    readonly listens: number
    readonly morePorts: readonly Omit<ServicePort, 'tls'>[]
    readonly replicas: number
    /** Whether nginx takes a port of it on every address, so that it needs a network apart. */
    readonly isApart: boolean
  }[]
  /** What the host of nginx finds beside them. */
  readonly host: Pick<Host, 'dns' | 'names'>
  /** Addresses that the site file listens on: the host has them. */
  readonly hostAddresses: readonly string[]
}

/** The project's own gateway where `command` is null, else the program that is the gateway. */
export interface GatewayStart {
  readonly files: ConfigFiles
  readonly command: readonly string[] | null
  readonly cwd: string
  readonly port: number
}

/** A request, and where it goes in: to nginx where `pod` is null, else straight to a pod of that Service. */
export interface ExchangeOrder {
  readonly pod: string | null
  /** Its TLS is that which the client speaks to a pod too. */
  readonly listener: Listener
  /** Where the client comes from; null for the node itself. */
  readonly from: string | null
  readonly message: RequestMessage
  readonly timeoutMs: number
}

/** Everything that was written down about one request; see `Evidence`. */
export interface Observation {
  /** Whether somebody took the connection, and its TLS handshake where the client speaks TLS. */
  readonly isConnected: boolean
  readonly response: ResponseMessage | null
  readonly elapsedMs: number
  readonly nginxLog: string
  readonly gatewayLog: readonly AccessEntry[]
  readonly backends: readonly BackendRecord[]
}

/** `nginxLog` has its bytes as Latin-1; `gatewaySaid` is empty where the project's own gateway runs. */
export interface Notes {
  readonly nginxLog: string
  readonly gatewaySaid: string
}

/** `request` is the opening request as the client sent it, with what the handshake adds. */
export interface Conversation extends Observation {
  readonly request: RequestMessage
  readonly messages: readonly string[]
}

/** Where things are inside, in file systems that nobody else sees and that end with the sandbox. */
export const INSIDE = {
  errorLog: '/run/chain/error.log',
  /** The resolv.conf of the host of nginx, where that is not what a pod has. */
  hostResolvConf: '/run/chain/host-resolv.conf',
  /** Its /etc/hosts. */
  hostHosts: '/run/chain/host-hosts',
  gatewayConfig: '/run/chain/gateway-config',
  temporary: '/run/chain/tmp',
} as const

/** From the outside to the inside. */
export interface Order {
  readonly id: number
  readonly command: keyof Hands
  readonly args: readonly unknown[]
}

/** From the inside to the outside: ready once, then one for every order. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string; readonly remedy: string | null }
